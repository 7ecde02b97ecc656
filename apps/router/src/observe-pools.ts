import type { Instruments } from '@medserve/runtime';
import type { ClassName } from '@medserve/rpc';
import { CLASSES } from '@medserve/serving';
import type { PoolOutcome, RouterObserver } from './settings';

type PoolObserver = Pick<
  RouterObserver,
  'onPools' | 'onPoolGone' | 'onPoolWaited' | 'onPoolEnded' | 'onColdRequest' | 'onColdStart'
>;

const STATES = ['ready', 'starting', 'draining'] as const;

/** A value for each key, made when it is first asked for: looking up the series of labels takes longer than adding to one. */
class Bound<T> {
  private readonly made = new Map<string, Map<string, T>>();

  constructor(private readonly make: (pool: string, rest: string) => T) {}

  of(pool: string, rest: string): T {
    let own = this.made.get(pool);
    if (!own) this.made.set(pool, (own = new Map<string, T>()));
    let bound = own.get(rest);
    if (bound === undefined) own.set(rest, (bound = this.make(pool, rest)));
    return bound;
  }

  forget(pool: string): void {
    this.made.delete(pool);
  }
}

/** Sets the metrics of pools. */
export function observePools({ pools }: Pick<Instruments, 'pools'>): PoolObserver {
  const waits = new Bound((pool, name) => pools.waitSeconds.labels({ pool, class: name }));
  const durations = new Bound((pool, name) => pools.requestSeconds.labels({ pool, class: name }));
  const ends: Record<PoolOutcome, Bound<{ inc(): void }>> = {
    answered: new Bound((pool, name) => pools.requests.labels({ pool, class: name, outcome: 'answered' })),
    invalid: new Bound((pool, name) => pools.requests.labels({ pool, class: name, outcome: 'invalid' })),
    refused: new Bound((pool, name) => pools.requests.labels({ pool, class: name, outcome: 'refused' })),
    failed: new Bound((pool, name) => pools.requests.labels({ pool, class: name, outcome: 'failed' })),
    cancelled: new Bound((pool, name) => pools.requests.labels({ pool, class: name, outcome: 'cancelled' })),
  };
  const begun = new Set<string>();
  /** A rate sees the first event of a series only where there was a zero before it. */
  const begin = (pool: string): void => {
    if (begun.has(pool)) return;
    begun.add(pool);
    pools.coldStarts.inc({ pool }, 0);
    pools.coldStartSeconds.zero({ pool });
    for (const name of CLASSES)
      for (const outcome of Object.keys(ends)) pools.requests.inc({ pool, class: name, outcome }, 0);
  };
  return {
    onPools: (readings) => {
      for (const { pool, queuedSlots, runningSlots, oldestWaitMs, replicas } of readings) {
        begin(pool);
        pools.queuedSlots.set({ pool }, queuedSlots);
        pools.runningSlots.set({ pool }, runningSlots);
        pools.oldestWaitSeconds.set({ pool }, oldestWaitMs / 1_000);
        for (const state of STATES) pools.replicas.set({ pool, state }, replicas[state]);
      }
    },
    onPoolGone: (pool) => {
      begun.delete(pool);
      pools.queuedSlots.remove({ pool });
      pools.runningSlots.remove({ pool });
      pools.oldestWaitSeconds.remove({ pool });
      for (const state of STATES) pools.replicas.remove({ pool, state });
      // Models come and go for as long as a router runs: what is kept of each that is gone would grow without end.
      pools.coldStarts.remove({ pool });
      pools.coldStartSeconds.remove({ pool });
      for (const name of CLASSES) {
        pools.waitSeconds.remove({ pool, class: name });
        pools.requestSeconds.remove({ pool, class: name });
        for (const outcome of Object.keys(ends)) pools.requests.remove({ pool, class: name, outcome });
      }
      for (const bound of [waits, durations, ...Object.values(ends)]) bound.forget(pool);
    },
    onPoolWaited: (pool: string, name: ClassName, seconds: number) => {
      waits.of(pool, name).observe(seconds);
    },
    onPoolEnded: (pool: string, name: ClassName, outcome: PoolOutcome, seconds: number) => {
      ends[outcome].of(pool, name).inc();
      durations.of(pool, name).observe(seconds);
    },
    onColdRequest: (pool) => {
      pools.coldStarts.inc({ pool });
    },
    onColdStart: (pool, seconds) => {
      pools.coldStartSeconds.observe({ pool }, seconds);
    },
  };
}
