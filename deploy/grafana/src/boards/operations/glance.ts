import type { Section } from '../../kit/board';
import { figure, table } from '../../kit/kinds';
import { chosen, durations, GLANCE } from './shared';

const ready = 'pool_state:medserve_pool_replicas:max{state="ready", pool=~"$pool"}';

/** Is it all right, and if not, where. */
export const glance: Section = {
  title: 'Is it all right, and if not, where',
  panels: [
    figure({
      ...GLANCE,
      title: 'Alerts',
      about: 'Alerts of the platform that fire. Each has a page that says what to do.',
      unit: 'none',
      limits: { warn: 1, bad: 3 },
      queries: [{ expr: 'count(ALERTS{alertname=~"Medserve.+", alertstate="firing"}) or vector(0)' }],
    }),
    figure({
      ...GLANCE,
      title: 'Error budget, spent how fast',
      about:
        'How many times as fast as it may each class spends its budget of refused and failed requests, over the last hour. 1 keeps the objective; at 14.4 a month of it is gone in two days.',
      unit: 'none',
      decimals: 1,
      limits: { warn: 1, bad: 6 },
      alert: 'MedserveErrorBudgetBurnsFast',
      queries: [{ expr: 'class:medserve_error_budget_burn:ratio1h{class=~"$class"}', legend: '{{class}}' }],
    }),
    figure({
      ...GLANCE,
      title: 'Answer, 95 of 100',
      about: 'Within this time a router has 95 of 100 answers of a class, waiting included.',
      unit: 's',
      limits: { warn: 5, bad: 30 },
      queries: [{ expr: `histogram_quantile(0.95, sum by (class, le) (${durations})) >= 0`, legend: '{{class}}' }],
    }),
    figure({
      ...GLANCE,
      title: 'Longest wait now',
      about: 'How long the request has waited that waits longest for a replica.',
      unit: 's',
      limits: { warn: 5, bad: 20 },
      alert: 'MedserveQueueAge',
      queries: [{ expr: 'max(medserve_pool_oldest_wait_seconds{pool=~"$pool"})' }],
    }),
    figure({
      ...GLANCE,
      title: 'Pools asked, none ready',
      about: 'Pools with demand and without a ready replica. For the length of a cold start that is as meant.',
      unit: 'none',
      limits: { warn: 1, bad: 2 },
      alert: 'MedservePoolWithoutReplica',
      queries: [
        {
          expr: `count((pool:medserve_pool_demand_slots:sum{pool=~"$pool"} > 0) unless on (pool) (${ready} > 0)) or vector(0)`,
        },
      ],
    }),
    figure({
      ...GLANCE,
      title: 'Record behind',
      about: 'Age of the oldest event that was committed and is not in the ledger yet.',
      unit: 's',
      limits: { warn: 60, bad: 120 },
      alert: 'MedserveLedgerBehind',
      queries: [{ expr: 'max(medserve_ledger_behind_seconds)' }],
    }),
    table({
      width: 24,
      height: 8,
      title: 'Where',
      about:
        'A row for each pool. Red in "Ready" with demand beside it: nobody serves it. "Asked" far above "Ready" times its slots: it is too small, or at its most.',
      alert: 'MedservePoolWithoutReplica',
      by: ['pool'],
      columns: [
        { name: 'Slots asked', expr: 'pool:medserve_pool_demand_slots:sum{pool=~"$pool"}', decimals: 1 },
        { name: 'Ready', expr: `sum by (pool) (${ready})` },
        {
          name: 'Starting',
          expr: 'sum by (pool) (pool_state:medserve_pool_replicas:max{state="starting", pool=~"$pool"})',
        },
        {
          name: 'Requests/s',
          expr: `sum by (pool) (pool_class_outcome:medserve_pool_requests:rate5m{${chosen}})`,
          decimals: 2,
        },
        {
          name: 'Not answered',
          expr: `sum by (pool) (pool_class_outcome:medserve_pool_requests:rate5m{outcome=~"refused|failed", ${chosen}}) / (sum by (pool) (pool_class_outcome:medserve_pool_requests:rate5m{outcome!~"cancelled|invalid", ${chosen}}) > 0)`,
          unit: 'percentunit',
          limits: { warn: 0.005, bad: 0.05 },
        },
        {
          name: 'Answer, 95 of 100',
          expr: `histogram_quantile(0.95, sum by (pool, le) (${durations}))`,
          unit: 's',
          limits: { warn: 5, bad: 30 },
        },
        {
          name: 'Longest wait',
          expr: 'max by (pool) (medserve_pool_oldest_wait_seconds{pool=~"$pool"})',
          unit: 's',
          limits: { warn: 5, bad: 20 },
        },
      ],
    }),
  ],
};
