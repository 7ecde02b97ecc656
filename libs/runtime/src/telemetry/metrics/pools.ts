import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Of pools, as the routers see them: what is asked of each, and what there is to serve it. `pool` is a name that the operator gave. */
export interface PoolInstruments {
  readonly queuedSlots: Gauge<'pool'>;
  readonly runningSlots: Gauge<'pool'>;
  readonly replicas: Gauge<'pool' | 'state'>;
  readonly oldestWaitSeconds: Gauge<'pool'>;
  readonly waitSeconds: Histogram<'pool' | 'class'>;
  readonly requests: Counter<'pool' | 'class' | 'outcome'>;
  readonly requestSeconds: Histogram<'pool' | 'class'>;
  readonly coldStarts: Counter<'pool'>;
  readonly coldStartSeconds: Histogram<'pool'>;
}

const WAIT_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const COLD_START_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export function poolInstruments(registers: Registry[]): PoolInstruments {
  const declared = <Labels extends string>(name: string, help: string, labelNames: readonly Labels[]) => ({
    name: `medserve_pool_${name}`,
    help,
    labelNames,
    registers,
  });
  return {
    queuedSlots: new Gauge(declared('queued_slots', 'Slots that requests wait for', ['pool'])),
    runningSlots: new Gauge(declared('running_slots', 'Slots that requests hold', ['pool'])),
    // Every router knows all of them.
    replicas: new Gauge({
      ...declared('replicas', 'Replicas that a router knows: ready, starting or draining', ['pool', 'state']),
      aggregator: 'max',
    }),
    oldestWaitSeconds: new Gauge({
      ...declared('oldest_wait_seconds', 'How long the request that waits longest has waited', ['pool']),
      aggregator: 'max',
    }),
    waitSeconds: new Histogram({
      ...declared('wait_seconds', 'How long a request waited for a replica', ['pool', 'class']),
      buckets: WAIT_SECONDS,
    }),
    requests: new Counter(
      declared(
        'requests_total',
        'Requests of a pool by how they ended: answered, invalid, refused, failed or cancelled',
        ['pool', 'class', 'outcome'],
      ),
    ),
    requestSeconds: new Histogram({
      ...declared('request_duration_seconds', 'From the arrival of a request in the router to its answer', [
        'pool',
        'class',
      ]),
      buckets: WAIT_SECONDS,
    }),
    coldStarts: new Counter(
      declared('cold_starts_total', 'Requests that found no replica of their pool ready', ['pool']),
    ),
    coldStartSeconds: new Histogram({
      ...declared('cold_start_seconds', 'From the first request of a pool without replicas to its first ready one', [
        'pool',
      ]),
      buckets: COLD_START_SECONDS,
    }),
  };
}
