import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { PHASE_SECONDS } from './buckets';

/** Of the router: who waits for a replica, and what becomes of replicas. */
export interface RouterMetrics {
  readonly routerInFlight: Gauge;
  readonly routerQueue: Gauge<'class'>;
  readonly routerWaitSeconds: Histogram;
  readonly routerRetries: Counter;
  readonly routerEjections: Counter;
  readonly routerShed: Counter<'reason'>;
}

export function routerMetrics(registers: Registry[]): RouterMetrics {
  return {
    routerInFlight: new Gauge({
      name: 'medserve_router_in_flight',
      help: 'Requests between router and model hosts',
      registers,
    }),
    routerQueue: new Gauge({
      name: 'medserve_router_queue',
      help: 'Requests that wait in the router for a replica, by class',
      labelNames: ['class'],
      registers,
    }),
    routerWaitSeconds: new Histogram({
      name: 'medserve_router_wait_seconds',
      help: 'How long a request waited in the router before it was sent to a model host',
      buckets: PHASE_SECONDS,
      registers,
    }),
    routerRetries: new Counter({
      name: 'medserve_router_retries_total',
      help: 'Requests that were sent a second time, because they had reached no model',
      registers,
    }),
    routerEjections: new Counter({
      name: 'medserve_router_ejections_total',
      help: 'Replicas taken out of their pool for a time, because they failed',
      registers,
    }),
    routerShed: new Counter({
      name: 'medserve_router_shed_total',
      help: 'Requests that the router gave up before a model host had them: full, evicted, late or loading',
      labelNames: ['reason'],
      registers,
    }),
  };
}
