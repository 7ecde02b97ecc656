import type { Section } from '../../kit/board';
import { graph, heat } from '../../kit/kinds';
import { chosen, durations, HALF, THIRD } from './shared';

/** How long answers take, and where. */
export const latency: Section = {
  title: 'Latency',
  panels: [
    graph({
      ...THIRD,
      title: 'Answer: 50, 95, 99 of 100',
      about: 'From the arrival in the router to the answer, of the chosen pools and classes together.',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((share) => ({
        expr: `histogram_quantile(${String(share)}, sum by (le) (${durations}))`,
        legend: `${String(100 * share)} of 100`,
      })),
    }),
    graph({
      ...THIRD,
      title: 'Waiting for a replica, 95 of 100',
      about: 'How long requests wait before they are sent to a replica: what more replicas would take away.',
      unit: 's',
      limits: { warn: 5, bad: 20 },
      alert: 'MedserveQueueAge',
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (pool, le) (pool_class_le:medserve_pool_wait_seconds_bucket:rate5m{${chosen}}))`,
          legend: '{{pool}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'What the gateway spends time on, 95 of 100',
      about:
        'decode: the image; accept and complete: the record; dispatch: router and model. With dispatch low and the rest high, look at the gateway or its database.',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.95, phase_le:medserve_phase_duration_seconds_bucket:rate5m)',
          legend: '{{phase}}',
        },
      ],
    }),
    heat({
      ...HALF,
      title: 'Answers by how long they took',
      about: 'Two bands mean two kinds of requests, or warm and cold ones; a band that climbs means a queue.',
      unit: 's',
      queries: [
        {
          expr: 'sum by (le) (increase(medserve_pool_request_duration_seconds_bucket{pool=~"$pool", class=~"$class"}[$__rate_interval]))',
          legend: '{{le}}',
        },
      ],
    }),
    graph({
      ...HALF,
      title: 'Whole requests by task, 95 of 100, with traces',
      about:
        'From the first byte of an accepted request to its recorded end. The dots are single requests: each leads to its trace, where traces are collected.',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (task, le) (rate(medserve_request_duration_seconds_bucket[$__rate_interval])))',
          legend: '{{task}}',
          exemplars: true,
        },
      ],
    }),
  ],
};
