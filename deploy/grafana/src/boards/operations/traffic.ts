import type { Section } from '../../kit/board';
import { graph } from '../../kit/kinds';
import { chosen, HALF, THIRD } from './shared';

/** What comes, and what is not answered. */
export const traffic: Section = {
  title: 'Traffic and errors',
  panels: [
    graph({
      ...THIRD,
      title: 'Requests by class',
      about: 'What comes to the pools, by how urgent it is.',
      unit: 'reqps',
      stacked: true,
      queries: [
        {
          expr: `sum by (class) (pool_class_outcome:medserve_pool_requests:rate5m{${chosen}})`,
          legend: '{{class}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'How they end',
      about:
        'answered; refused (no room, too late, no replica in time); failed; cancelled (the caller hung up) and invalid (no model can take it), which are not counted as errors.',
      unit: 'reqps',
      stacked: true,
      alert: 'MedserveErrorBudgetBurnsFast',
      queries: [
        {
          expr: `sum by (outcome) (pool_class_outcome:medserve_pool_requests:rate5m{${chosen}})`,
          legend: '{{outcome}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Errors of a class, of all its requests',
      about: 'Share that was refused for want of room or failed, over five minutes.',
      unit: 'percentunit',
      limits: { warn: 0.01, bad: 0.05 },
      alert: 'MedserveErrorBudgetBurnsSlowly',
      queries: [{ expr: 'class:medserve_pool_errors:ratio_rate5m{class=~"$class"}', legend: '{{class}}' }],
    }),
    graph({
      ...HALF,
      title: 'Turned away at the door, by reason',
      about:
        'Refused before they were accepted. Most reasons are the caller’s (see the table of errors in docs/api.md); overloaded, unavailable and model_loading are ours.',
      unit: 'reqps',
      stacked: true,
      queries: [{ expr: 'reason:medserve_refusals:rate5m', legend: '{{reason}}' }],
    }),
    graph({
      ...HALF,
      title: 'Given up by routers, sent again, ejected',
      about:
        'full, evicted, late, loading: requests given up before a model had them. Retries: sent a second time. Ejections: replicas taken out because they failed.',
      unit: 'reqps',
      alert: 'MedserveRequestsShed',
      queries: [
        { expr: 'sum by (reason) (rate(medserve_router_shed_total[$__rate_interval]))', legend: '{{reason}}' },
        { expr: 'sum(rate(medserve_router_retries_total[$__rate_interval]))', legend: 'sent again' },
        { expr: 'sum(rate(medserve_router_ejections_total[$__rate_interval]))', legend: 'ejected' },
      ],
    }),
  ],
};
