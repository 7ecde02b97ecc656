import type { Class } from '../classes';

/** What a quota bounds: requests let in, cost units accepted, or requests inside at once. */
export const QUOTA_KINDS = ['requests', 'cost', 'concurrency'] as const;

export type QuotaKind = (typeof QUOTA_KINDS)[number];

/** Stands in `client` for the tenant as a whole: its clients share the quota. */
export const WHOLE_TENANT = '';

/** Stands in `client` for each client of the tenant that has no quota of its own of the kind. */
export const EACH_CLIENT = '*';

/** A bound that an operator set. */
export interface Quota {
  readonly tenant: string;
  /** The id of a key, a client or a user, `WHOLE_TENANT` or `EACH_CLIENT`. */
  readonly client: string;
  readonly kind: QuotaKind;
  readonly limit: number;
  /** Length of a window in seconds; windows begin at multiples of it since 1970. 0 of `concurrency`, which has none. */
  readonly windowS: number;
  /** Requests of the class `stat` pass and are not counted. */
  readonly exemptsStat: boolean;
}

/** A quota as it binds one client: `EACH_CLIENT` has become that client. */
export interface BindingQuota extends Quota {
  /** In answers and texts: `tenant-requests`, `client-cost`. */
  readonly name: string;
}

/** The quotas that bind a client, the tenant's first: at most two a kind. */
export function bindingQuotas(quotas: readonly Quota[], client: string): BindingQuota[] {
  const ofTenant = quotas.filter((quota) => quota.client === WHOLE_TENANT);
  const own = quotas.filter((quota) => quota.client === client);
  const usual = quotas.filter((quota) => quota.client === EACH_CLIENT && !own.some(({ kind }) => kind === quota.kind));
  return [
    ...ofTenant.map((quota) => ({ ...quota, name: `tenant-${quota.kind}` })),
    ...[...own, ...usual].map((quota) => ({ ...quota, client, name: `client-${quota.kind}` })),
  ];
}

/** Whether a request of the class is counted. */
export const counts = ({ exemptsStat }: Quota, urgency: Class): boolean => !(exemptsStat && urgency === 'stat');

const UNIT: Record<QuotaKind, string> = { requests: 'requests', cost: 'cost units', concurrency: 'requests at once' };

/** "name: value unit", as every limit is told: `client-requests: 600 requests in 60 s`. */
export const limitText = ({ name, kind, limit, windowS }: BindingQuota): string =>
  `${name}: ${String(limit)} ${UNIT[kind]}${kind === 'concurrency' ? '' : ` in ${String(windowS)} s`}`;
