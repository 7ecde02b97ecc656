import type { Section } from '../../kit/board';
import { grown } from '../../kit/grown';
import { figure, graph, heat } from '../../kit/kinds';
import { HALF, THIRD } from './shared';

/** Studies from the first instance to the last delivery. */
export const studies: Section = {
  title: 'Studies',
  panels: [
    graph({
      ...THIRD,
      title: 'Studies on their way',
      about: 'By state, of all routes. Failed ones stay until somebody requeues them.',
      unit: 'none',
      stacked: true,
      alert: 'MedserveStudyStuck',
      queries: [{ expr: 'sum by (state) (max by (route, state) (medserve_studies_unended))', legend: '{{state}}' }],
    }),
    graph({
      ...THIRD,
      title: 'Oldest in each state',
      about: 'How long ago the first instance came of the study that is longest in its state.',
      unit: 's',
      limits: { warn: 1_800, bad: 3_600 },
      alert: 'MedserveStudyStuck',
      queries: [
        {
          expr: 'max by (route, state) (medserve_study_oldest_seconds)',
          legend: '{{route}} {{state}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Studies by route and what became of them',
      about: 'Generations that came into a state, per minute. Skipped: no route took them, or nothing was new.',
      unit: 'none',
      alert: 'MedserveStudiesFailed',
      queries: [
        {
          expr: '60 * sum by (route, state) (rate(medserve_studies_total[$__rate_interval]))',
          legend: '{{route}} {{state}}',
        },
      ],
    }),
    heat({
      ...HALF,
      title: 'From the first instance to the end',
      about: 'Of studies that reached their end in each interval. The quiet time of the route is in it.',
      unit: 's',
      queries: [
        { expr: 'sum by (le) (increase(medserve_study_duration_seconds_bucket[$__rate_interval]))', legend: '{{le}}' },
      ],
    }),
    graph({
      ...HALF,
      title: 'From the first instance to the end, 50 and 95 of 100',
      about: 'By route, over half an hour.',
      unit: 's',
      queries: [0.5, 0.95].map((share) => ({
        expr: `histogram_quantile(${String(share)}, sum by (route, le) (rate(medserve_study_duration_seconds_bucket[30m])))`,
        legend: `{{route}} ${String(100 * share)} of 100`,
      })),
    }),
    graph({
      ...THIRD,
      title: 'Deliveries',
      about:
        'Attempts by destination and outcome, per minute: delivered, retry (it is tried again), dead (an operator has to requeue it).',
      unit: 'none',
      alert: 'MedserveDestinationDown',
      queries: [
        {
          expr: '60 * sum by (destination, outcome) (rate(medserve_deliveries_total[$__rate_interval]))',
          legend: '{{destination}} {{outcome}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Oldest result that a destination lacks',
      about: 'Age by destination, dead ones included. 0: it has all.',
      unit: 's',
      limits: { warn: 300, bad: 900 },
      alert: 'MedserveDestinationDown',
      queries: [{ expr: 'max by (destination) (medserve_delivery_oldest_seconds)', legend: '{{destination}}' }],
    }),
    figure({
      ...THIRD,
      title: 'Given up today',
      about: 'Deliveries that became dead in 24 hours, by destination.',
      unit: 'none',
      decimals: 0,
      limits: { warn: 1, bad: 10 },
      alert: 'MedserveDeliveriesDead',
      queries: [
        {
          expr: `sum by (destination) ${grown('medserve_deliveries_total{outcome="dead"}', '24h')}`,
          legend: '{{destination}}',
        },
      ],
    }),
  ],
};
