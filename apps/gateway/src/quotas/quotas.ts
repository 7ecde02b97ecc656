import type { Principal } from '@medserve/security';
import type { BindingQuota } from '@medserve/serving';
import { Admission, type Bound } from './admission';
import { HeldSlots } from './held-slots';
import { KnownQuotas } from './known-quotas';
import { LeasedPoints } from './leased-points';
import { LocalSlots } from './local-slots';
import type { QuotaStore, StoreHealth } from './ports';
import type { Standing, Ticket } from './ticket';

export interface QuotasParts {
  readonly store: QuotaStore;
  readonly health: StoreHealth;
  /** The number whose lock says that this gateway lives. */
  readonly owner: string;
  /** Requests of one client that may be inside this gateway at once where nobody set a quota. */
  readonly clientConcurrency: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type Bucket = LeasedPoints | HeldSlots;

interface Kept {
  readonly bucket: Bucket;
  usedAtMs: number;
}

/** Quotas of single clients whose state is kept; the ones longest unused make room. */
const BUCKETS = 20_000;
/** State that nobody used for so long is forgotten, or after two windows where that is longer. */
const FORGET_MS = 600_000;

/** Who may ask how much: every request that asks a model passes here before its body is read. */
export class Quotas {
  private readonly known: KnownQuotas;
  private readonly usual: LocalSlots;
  private readonly buckets = new Map<string, Kept>();

  constructor(private readonly parts: QuotasParts) {
    this.known = new KnownQuotas(parts);
    this.usual = new LocalSlots(parts.clientConcurrency);
  }

  /**
   * Lets a request in.
   *
   * @throws ServingError `quota_exceeded` naming the quota; `unavailable` while that cannot be known
   */
  async enter({ tenant, id }: Principal): Promise<Ticket> {
    const quotas = await this.known.of(tenant, id);
    this.checkAll(quotas);
    const leaveUsual = hasOwnConcurrency(quotas) ? () => undefined : this.usual.take(usualKey(tenant, id));
    return Admission.enter(
      quotas.map((quota) => this.bound(quota)),
      leaveUsual,
    );
  }

  /** Refuses who is known to be refused, without asking anybody. @throws ServingError `quota_exceeded` */
  check({ tenant, id }: Principal): void {
    const quotas = this.known.peek(tenant, id);
    if (quotas === undefined) return;
    this.checkAll(quotas);
    if (!hasOwnConcurrency(quotas)) this.usual.check(usualKey(tenant, id));
  }

  /** How the quotas stand that bind the client; none while they are not known. */
  standings({ tenant, id }: Principal): Standing[] {
    return (this.known.peek(tenant, id) ?? []).map((quota) => {
      const { name, kind, limit, windowS } = quota;
      return { name, kind, limit, windowS, resetMs: 0, ...this.bucket(quota).standing() };
    });
  }

  /** What has to be done now and then: forgets who is gone, gives back slots that lie idle. A store that fails is not asked on. */
  async settle(): Promise<void> {
    const nowMs = this.parts.now();
    const kept = [...this.buckets];
    for (const [key, { bucket, usedAtMs }] of kept) {
      const keepMs = Math.max(FORGET_MS, bucket.quota.windowS * 2_000);
      if (usedAtMs + keepMs < nowMs && isIdle(bucket)) this.buckets.delete(key);
    }
    for (const [key, entry] of kept) {
      if (!(entry.bucket instanceof HeldSlots) || (await entry.bucket.settle())) continue;
      // The next round begins with the others: one quota whose question fails does not keep the rest waiting for ever.
      if (this.buckets.delete(key)) this.buckets.set(key, entry);
      return;
    }
  }

  /**
   * The lock that says that this gateway lives was free for a moment: the slots it holds may be others' by now. It lets nobody
   * in on them before it has asked.
   */
  doubtSlots(): void {
    for (const { bucket } of this.buckets.values()) if (bucket instanceof HeldSlots) bucket.doubt();
  }

  /** Reads what operators changed. */
  refresh(): Promise<void> {
    return this.known.refresh();
  }

  private checkAll(quotas: readonly BindingQuota[]): void {
    for (const quota of quotas) if (!quota.exemptsStat) this.bucket(quota).check();
  }

  private bound(quota: BindingQuota): Bound {
    const bucket = this.bucket(quota);
    return { quota, take: (points) => bucket.take(points) };
  }

  private bucket(quota: BindingQuota): Bucket {
    const { tenant, client, kind, windowS } = quota;
    const key = [tenant, client, kind, windowS].join('\u0000');
    const nowMs = this.parts.now();
    const kept = this.buckets.get(key);
    if (kept !== undefined) {
      kept.usedAtMs = nowMs;
      // The limit may have been changed.
      kept.bucket.quota = quota;
      return kept.bucket;
    }
    if (this.buckets.size >= BUCKETS) this.forgetOldest();
    const bucket = kind === 'concurrency' ? new HeldSlots(quota, this.parts) : new LeasedPoints(quota, this.parts);
    this.buckets.set(key, { bucket, usedAtMs: nowMs });
    return bucket;
  }

  private forgetOldest(): void {
    const idle = [...this.buckets].filter(([, { bucket }]) => isIdle(bucket));
    idle.sort(([, one], [, other]) => one.usedAtMs - other.usedAtMs);
    for (const [key] of idle.slice(0, BUCKETS / 10)) this.buckets.delete(key);
  }
}

const isIdle = (bucket: Bucket): boolean => !(bucket instanceof HeldSlots) || bucket.used === 0;

const hasOwnConcurrency = (quotas: readonly BindingQuota[]): boolean =>
  quotas.some(({ name }) => name === 'client-concurrency');

const usualKey = (tenant: string, client: string): string => `${tenant}\u0000${client}`;
