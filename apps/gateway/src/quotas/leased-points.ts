import {
  granted,
  isUsedUp,
  NO_LEASE,
  spend,
  standing,
  unspend,
  wantedLease,
  windowAt,
  type BindingQuota,
  type LeaseRequest,
} from '@medserve/serving';
import type { QuotaStore, StoreHealth } from './ports';
import { costsTooMuch, exceeded, notKnown } from './refusals';
import { settledWithin } from './settled-within';

export interface LeasedPointsParts {
  readonly store: Pick<QuotaStore, 'count'>;
  readonly health: StoreHealth;
  /** Milliseconds since 1970: windows are the same for all gateways. */
  readonly now: () => number;
}

/** How long a request waits for the shared counter. A reply that comes later is taken all the same, for those after it. */
const WAIT_MS = 1_000;
/** After a failure the counter is left alone for so long: a flood asks it four times a second. */
const PAUSE_MS = 250;
/** Points that come may be taken by others as often before who waits for them gives up. */
const ATTEMPTS = 8;

/**
 * Points of one quota, spent from what this gateway took ahead of the counter that all share. Hot requests ask nobody; the counter
 * is asked by one question at a time.
 */
export class LeasedPoints {
  private lease = NO_LEASE;
  private asking: Promise<void> | undefined;
  /** Points that requests wait for. */
  private awaited = 0;
  private pausedUntilMs = -Infinity;

  constructor(
    public quota: BindingQuota,
    private readonly parts: LeasedPointsParts,
  ) {}

  /**
   * @returns how to give the points back, for a request that was refused for another reason before it was let in
   * @throws ServingError `quota_exceeded`; `too_large` where a whole window has not so many; `unavailable` when the points that
   *   are held are spent and the counter does not answer
   */
  async take(points: number): Promise<() => void> {
    const { quota } = this;
    if (quota.kind === 'cost' && quota.limit > 0 && points > quota.limit) throw costsTooMuch(quota);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const nowMs = this.parts.now();
      const decision = spend(this.lease, quota, nowMs, points);
      this.lease = decision.lease;
      if (decision.kind === 'spent') {
        void this.ask(nowMs);
        const window = windowAt(nowMs, quota.windowS);
        return () => {
          this.lease = unspend(this.lease, window, points);
        };
      }
      if (decision.kind === 'used_up') throw exceeded(quota, decision.retryAfterMs);
      if (nowMs < this.pausedUntilMs) throw notKnown();
      this.awaited += points;
      try {
        if (!(await settledWithin(this.ask(nowMs) ?? Promise.resolve(), WAIT_MS))) throw this.late();
      } finally {
        this.awaited -= points;
      }
    }
    throw notKnown();
  }

  /** @throws ServingError `quota_exceeded` where that is known without asking */
  check(): void {
    const nowMs = this.parts.now();
    if (isUsedUp(this.lease, this.quota, nowMs)) {
      throw exceeded(this.quota, windowAt(nowMs, this.quota.windowS).endMs - nowMs);
    }
  }

  standing(): { readonly remaining: number; readonly resetMs: number } {
    return standing(this.lease, this.quota, this.parts.now());
  }

  private late(): Error {
    const error = notKnown();
    this.parts.health.failed(error);
    return error;
  }

  /** Asks the counter, if there is anything to ask for; of questions that are under way gives back the end. */
  private ask(nowMs: number): Promise<void> | undefined {
    if (this.asking !== undefined) return this.asking;
    if (nowMs < this.pausedUntilMs) return undefined;
    const request = wantedLease(this.lease, this.quota, nowMs, this.awaited);
    if (request === undefined) return undefined;
    this.asking = this.lend(request).finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async lend(request: LeaseRequest): Promise<void> {
    const { store, health, now } = this.parts;
    const { quota } = this;
    try {
      const counted = await store.count(quota, request.window.startMs, request.points);
      this.lease = granted(this.lease, quota, now(), request, counted);
      health.answered();
    } catch (error) {
      this.pausedUntilMs = now() + PAUSE_MS;
      health.failed(error);
    }
  }
}
