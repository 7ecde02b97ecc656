import { Counter, Gauge, type Registry } from 'prom-client';
import { onceTold } from './once-told';

/** Of the scaler: what it decides for each pool, and whether it knows enough to decide. */
export interface ScalerInstruments {
  readonly demandSlots: Gauge<'pool'>;
  readonly desiredReplicas: Gauge<'pool'>;
  /** 1 of the tier that is wanted, 0 of the others. */
  readonly warmth: Gauge<'pool' | 'warmth'>;
  readonly panic: Gauge<'pool'>;
  readonly routers: Gauge<'state'>;
  readonly pushes: Counter<'pool'>;
  readonly calls: Counter<'method' | 'outcome'>;
  readonly rebuilt: Gauge;
}

export function scalerInstruments(registers: Registry[]): ScalerInstruments {
  const declared = <Labels extends string>(name: string, help: string, labelNames: readonly Labels[] = []) => ({
    name: `medserve_scaler_${name}`,
    help,
    labelNames,
    registers,
    aggregator: 'max' as const,
  });
  return {
    demandSlots: new Gauge(declared('demand_slots', 'Slots asked of a pool, of all routers together', ['pool'])),
    desiredReplicas: new Gauge(declared('desired_replicas', 'Replicas that a pool is to have', ['pool'])),
    warmth: new Gauge(
      declared('warmth', '1 at what is to be kept of a pool: hot, dozing, cool or cold', ['pool', 'warmth']),
    ),
    panic: new Gauge(declared('panic', '1 while a pool follows the short window of its demand', ['pool'])),
    routers: new Gauge(declared('routers', 'Routers by whether they are heard: heard, silent or unknown', ['state'])),
    pushes: new Counter(declared('pushes_total', 'Times that KEDA was told that a pool is active', ['pool'])),
    calls: new Counter(
      declared('calls_total', 'Calls of KEDA by method and outcome: ok or failed', ['method', 'outcome']),
    ),
    rebuilt: onceTold(
      new Gauge(
        declared(
          'state_rebuilt',
          '1 once every router was heard since the start; 0: every question is answered by an error',
        ),
      ),
    ),
  };
}
