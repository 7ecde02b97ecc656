import { Counter, Gauge, type Registry } from 'prom-client';

/** Of quotas, and of the use that tenants make. Tenants after the first 50 are `other`. */
export interface QuotaMetrics {
  readonly quotaRefusals: Counter<'quota'>;
  readonly quotaStoreAway: Gauge;
  readonly usageRequests: Counter<'tenant' | 'outcome'>;
  readonly usageRunSeconds: Counter<'tenant'>;
  readonly usageCostUnits: Counter<'tenant'>;
}

export function quotaMetrics(registers: Registry[]): QuotaMetrics {
  return {
    quotaRefusals: new Counter({
      name: 'medserve_quota_refusals_total',
      help: 'Requests that a quota turned away, by which: of the tenant or the client, of requests, cost or concurrency',
      labelNames: ['quota'],
      registers,
    }),
    quotaStoreAway: new Gauge({
      name: 'medserve_quota_store_away',
      help: '1 while the shared quotas do not answer and what was taken ahead is spent',
      registers,
      aggregator: 'max',
    }),
    usageRequests: new Counter({
      name: 'medserve_usage_requests_total',
      help: 'Requests of a tenant by how they ended; of tenants after the first 50 as "other"',
      labelNames: ['tenant', 'outcome'],
      registers,
    }),
    usageRunSeconds: new Counter({
      name: 'medserve_usage_run_seconds_total',
      help: 'Run time of models for a tenant: of a batch the share of its rows',
      labelNames: ['tenant'],
      registers,
    }),
    usageCostUnits: new Counter({
      name: 'medserve_usage_cost_units_total',
      help: 'Cost units that a tenant used: 65,536 pixels, voxels or tensor elements that were begun',
      labelNames: ['tenant'],
      registers,
    }),
  };
}
