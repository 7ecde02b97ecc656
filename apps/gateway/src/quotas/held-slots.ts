import {
  hasIdleSlots,
  heldSlots,
  leaveSlot,
  NO_SLOTS,
  takeSlot,
  wantedSlots,
  type BindingQuota,
} from '@medserve/serving';
import type { QuotaStore, StoreHealth } from './ports';
import { exceeded, notKnown } from './refusals';
import { settledWithin } from './settled-within';

export interface HeldSlotsParts {
  readonly store: Pick<QuotaStore, 'hold'>;
  /** The number whose lock says that this gateway lives: when it dies, its slots are others'. */
  readonly owner: string;
  readonly health: StoreHealth;
  readonly now: () => number;
}

const WAIT_MS = 1_000;
const PAUSE_MS = 250;
const ATTEMPTS = 8;

/** Slots of one quota of concurrency, taken from what this gateway holds of those that all share. */
export class HeldSlots {
  private slots = NO_SLOTS;
  private asking: Promise<void> | undefined;
  private waiting = 0;
  private pausedUntilMs = -Infinity;
  /** The last reply was lost: what is put down may be more than what is known to be held. */
  private isUnsure = false;

  constructor(
    public quota: BindingQuota,
    private readonly parts: HeldSlotsParts,
  ) {}

  get used(): number {
    return this.slots.used;
  }

  /**
   * @returns how to leave the slot, once
   * @throws ServingError `quota_exceeded`; `unavailable` when what is held is in use and the store does not answer
   */
  async take(): Promise<() => void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const nowMs = this.parts.now();
      const decision = takeSlot(this.slots, this.quota.limit, nowMs);
      if (decision.kind === 'taken') {
        this.slots = decision.slots;
        return () => {
          this.slots = leaveSlot(this.slots);
        };
      }
      if (decision.kind === 'full') throw exceeded(this.quota, decision.retryAfterMs);
      if (nowMs < this.pausedUntilMs) throw notKnown();
      this.waiting += 1;
      try {
        this.asking ??= this.hold(wantedSlots(this.slots, this.quota.limit, this.waiting));
        if (!(await settledWithin(this.asking, WAIT_MS))) throw this.late();
      } finally {
        this.waiting -= 1;
      }
    }
    throw notKnown();
  }

  /** @throws ServingError `quota_exceeded` where that is known without asking */
  check(): void {
    const decision = takeSlot(this.slots, this.quota.limit, this.parts.now());
    if (decision.kind === 'full') throw exceeded(this.quota, decision.retryAfterMs);
  }

  standing(): { readonly remaining: number } {
    return { remaining: Math.max(0, this.quota.limit - this.slots.used) };
  }

  /** Gives back what lies idle; to be called now and then. */
  async settle(): Promise<void> {
    const { quota, slots } = this;
    if (this.asking !== undefined || !(this.isUnsure || hasIdleSlots(slots, quota.limit))) return;
    const wanted = wantedSlots(slots, quota.limit, 0);
    // Before it is put down: what others may get now is not taken here any more.
    this.slots = { ...slots, held: Math.min(slots.held, wanted) };
    this.asking = this.hold(wanted);
    await this.asking;
  }

  private late(): Error {
    const error = notKnown();
    this.parts.health.failed(error);
    return error;
  }

  private async hold(wanted: number): Promise<void> {
    const { store, owner, health, now } = this.parts;
    try {
      const held = await store.hold(this.quota, owner, wanted);
      this.slots = heldSlots(this.slots, held, now());
      this.isUnsure = false;
      health.answered();
    } catch (error) {
      this.pausedUntilMs = now() + PAUSE_MS;
      this.isUnsure = true;
      health.failed(error);
    } finally {
      this.asking = undefined;
    }
  }
}
