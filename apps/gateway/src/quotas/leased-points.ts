import {
  granted,
  NO_LEASE,
  spend,
  standing,
  unspend,
  usedUpFor,
  wantedLease,
  windowAt,
  type BindingQuota,
} from '@medserve/serving';
import type { QuotaStore, StoreHealth } from './ports';
import { costsTooMuch, exceeded } from './refusals';
import { SharedStore } from './shared-store';

export interface LeasedPointsParts {
  readonly store: Pick<QuotaStore, 'count'>;
  readonly health: StoreHealth;
  /** Milliseconds since 1970: windows are the same for all gateways. */
  readonly now: () => number;
}

/** Points of one quota, spent from what this gateway took ahead of the counter that all share. Hot requests ask nobody. */
export class LeasedPoints {
  private lease = NO_LEASE;
  private readonly counter: SharedStore;

  constructor(
    public quota: BindingQuota,
    private readonly parts: LeasedPointsParts,
  ) {
    this.counter = new SharedStore(parts);
  }

  /**
   * @returns how to give the points back, for a request that was refused for another reason before it was let in
   * @throws ServingError `quota_exceeded`; `too_large` where a whole window has not so many; `unavailable` when the points that
   *   are held are spent and the counter does not answer
   */
  async take(points: number): Promise<() => void> {
    const { quota } = this;
    if (quota.kind === 'cost' && quota.limit > 0 && points > quota.limit) throw costsTooMuch(quota);
    return this.counter.until(
      () => this.spend(points),
      points,
      () => this.ask(),
    );
  }

  /** @throws ServingError `quota_exceeded` where that is known without asking */
  check(): void {
    const retryAfterMs = usedUpFor(this.lease, this.quota, this.parts.now());
    if (retryAfterMs !== undefined) throw exceeded(this.quota, retryAfterMs);
  }

  standing(): { readonly remaining: number; readonly resetMs: number } {
    return standing(this.lease, this.quota, this.parts.now());
  }

  /** @returns how to give the points back; undefined: more have to be taken first. @throws ServingError `quota_exceeded` */
  private spend(points: number): (() => void) | undefined {
    const { quota } = this;
    const nowMs = this.parts.now();
    const decision = spend(this.lease, quota, nowMs, points);
    this.lease = decision.lease;
    if (decision.kind === 'used_up') throw exceeded(quota, decision.retryAfterMs);
    if (decision.kind === 'short') return undefined;
    void this.ask();
    const window = windowAt(nowMs, quota.windowS);
    return () => {
      this.lease = unspend(this.lease, window, points);
    };
  }

  /** Asks the counter, if there is anything to ask for; of a question that is under way gives back the end. */
  private ask(): Promise<boolean> | undefined {
    const { counter, quota, parts } = this;
    if (counter.asked !== undefined) return counter.asked;
    const request = counter.isPaused ? undefined : wantedLease(this.lease, quota, parts.now(), counter.awaited);
    if (request === undefined) return undefined;
    return counter.ask(async () => {
      const counted = await parts.store.count(quota, request.window.startMs, request.points);
      this.lease = granted(this.lease, quota, parts.now(), request, counted);
    });
  }
}
