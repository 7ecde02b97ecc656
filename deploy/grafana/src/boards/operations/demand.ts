import type { Section } from '../../kit/board';
import { figure, graph, words } from '../../kit/kinds';
import { THIRD } from './shared';

/** What is asked of pools, and what there is to serve it. */
export const demand: Section = {
  title: 'Demand and replicas',
  panels: [
    words(
      'A **slot** is room for one usual request; larger ones take up to eight. Slots asked = waiting + running. The scaler turns them into **desired** replicas; KEDA, or the local driver of one machine, makes them. Follow a burst from the left to the right: asked rises, desired follows within seconds, starting, then ready.',
      { width: 24, height: 2 },
    ),
    graph({
      ...THIRD,
      title: 'Slots asked: waiting and running',
      about: 'Waiting for long with all replicas ready: the pool is at its most, or scales too late.',
      unit: 'none',
      stacked: true,
      queries: [
        { expr: 'sum by (pool) (medserve_pool_queued_slots{pool=~"$pool"})', legend: '{{pool}} waiting' },
        { expr: 'sum by (pool) (medserve_pool_running_slots{pool=~"$pool"})', legend: '{{pool}} running' },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Replicas by state',
      about: 'As the routers see them. Draining ones finish what they have.',
      unit: 'none',
      stacked: true,
      alert: 'MedserveReplicasMissing',
      queries: [
        {
          expr: 'sum by (pool, state) (pool_state:medserve_pool_replicas:max{pool=~"$pool"})',
          legend: '{{pool}} {{state}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Desired, and demand as the scaler sees it',
      about: 'Desired apart from ready for long: no hardware, an image that does not load, or KEDA that cannot write.',
      unit: 'none',
      alert: 'MedserveReplicasMissing',
      queries: [
        {
          expr: 'max by (pool) (medserve_scaler_desired_replicas{pool=~"$pool"})',
          legend: '{{pool}} desired replicas',
        },
        { expr: 'max by (pool) (medserve_scaler_demand_slots{pool=~"$pool"})', legend: '{{pool}} slots' },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Longest wait',
      about: 'Of each pool, the request that has waited longest.',
      unit: 's',
      limits: { warn: 5, bad: 20 },
      alert: 'MedserveQueueAge',
      queries: [{ expr: 'max by (pool) (medserve_pool_oldest_wait_seconds{pool=~"$pool"})', legend: '{{pool}}' }],
    }),
    graph({
      ...THIRD,
      title: 'Requests that found a pool cold',
      about: 'Requests that came while no replica of their pool was ready, per minute.',
      unit: 'none',
      queries: [
        {
          expr: '60 * sum by (pool) (rate(medserve_pool_cold_starts_total{pool=~"$pool"}[$__rate_interval]))',
          legend: '{{pool}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Cold start, 50 and 90 of 100',
      about: 'From the first request of a pool without replicas to its first ready one, over half an hour.',
      unit: 's',
      limits: { warn: 60, bad: 120 },
      alert: 'MedserveColdStartSlow',
      queries: [0.5, 0.9].map((share) => ({
        expr: `histogram_quantile(${String(share)}, pool_le:medserve_pool_cold_start_seconds_bucket:rate30m{pool=~"$pool"})`,
        legend: `{{pool}} ${String(100 * share)} of 100`,
      })),
    }),
    figure({
      width: 6,
      height: 5,
      title: 'Scaler knows all routers',
      about: '1: it has heard every router since it started. 0: it answers by errors, and replicas stay as they are.',
      unit: 'none',
      limits: { warn: 1, bad: 0.5, low: true },
      alert: 'MedserveScalerBlind',
      queries: [{ expr: 'min(medserve_scaler_state_rebuilt)' }],
    }),
    figure({
      width: 6,
      height: 5,
      title: 'Routers, to the scaler',
      about: 'heard; silent (was heard, and is not any more); unknown (not heard yet).',
      unit: 'none',
      alert: 'MedserveRouterSilent',
      queries: [{ expr: 'max by (state) (medserve_scaler_routers)', legend: '{{state}}' }],
    }),
    graph({
      width: 6,
      height: 5,
      title: 'Questions of KEDA',
      about: 'Calls by method and outcome. No GetMetrics at all: KEDA does not know the scaler.',
      unit: 'reqps',
      alert: 'MedserveScalerCallsFail',
      queries: [
        {
          expr: 'sum by (method, outcome) (rate(medserve_scaler_calls_total[$__rate_interval]))',
          legend: '{{method}} {{outcome}}',
        },
      ],
    }),
    graph({
      width: 6,
      height: 5,
      title: 'Panic, and what is kept warm',
      about: 'Panic: the pool follows the short window of its demand. Warmth: hot, dozing, cool or cold.',
      unit: 'none',
      queries: [
        { expr: 'max by (pool) (medserve_scaler_panic{pool=~"$pool"})', legend: '{{pool}} panic' },
        {
          expr: 'max by (pool, warmth) (medserve_scaler_warmth{pool=~"$pool"}) == 1',
          legend: '{{pool}} {{warmth}}',
        },
      ],
    }),
  ],
};
