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
import { exceeded } from './refusals';
import { SharedStore } from './shared-store';

export interface HeldSlotsParts {
  readonly store: Pick<QuotaStore, 'hold'>;
  /** The number whose lock says that this gateway lives: when it dies, its slots are others'. */
  readonly owner: string;
  readonly health: StoreHealth;
  readonly now: () => number;
}

/** Slots of one quota of concurrency, taken from what this gateway holds of those that all share. */
export class HeldSlots {
  private slots = NO_SLOTS;
  private readonly shared: SharedStore;
  /** What is put down may be another number than what is known to be held. */
  private isUnsure = false;
  private doubts = 0;

  constructor(
    public quota: BindingQuota,
    private readonly parts: HeldSlotsParts,
  ) {
    this.shared = new SharedStore(parts);
  }

  get used(): number {
    return this.slots.used;
  }

  /**
   * @returns how to leave the slot, once
   * @throws ServingError `quota_exceeded`; `unavailable` when what is held is in use and the store does not answer
   */
  take(): Promise<() => void> {
    return this.shared.until(
      () => this.takeHeld(),
      1,
      () => this.hold(wantedSlots(this.slots, this.quota.limit, this.shared.awaited)),
    );
  }

  /** @throws ServingError `quota_exceeded` where that is known without asking */
  check(): void {
    const decision = takeSlot(this.slots, this.quota.limit, this.parts.now());
    if (decision.kind === 'full') throw exceeded(this.quota, decision.retryAfterMs);
  }

  standing(): { readonly remaining: number } {
    return { remaining: Math.max(0, this.quota.limit - this.slots.used) };
  }

  /** Others may have been given what is held here: nobody is let in before the store has said again how much that is. */
  doubt(): void {
    this.doubts += 1;
    this.isUnsure = true;
    this.slots = { ...this.slots, held: 0 };
  }

  /** Gives back what lies idle; to be called now and then. @returns false where the store failed */
  async settle(): Promise<boolean> {
    const { quota, slots, shared } = this;
    if (shared.asked !== undefined || shared.isPaused) return true;
    if (!this.isUnsure && !hasIdleSlots(slots, quota.limit)) return true;
    const wanted = wantedSlots(slots, quota.limit, 0);
    // Before it is put down: what others may get now is not taken here any more.
    this.slots = { ...slots, held: Math.min(slots.held, wanted) };
    return this.hold(wanted);
  }

  /** @returns how to leave the slot; undefined: more have to be held first. @throws ServingError `quota_exceeded` */
  private takeHeld(): (() => void) | undefined {
    const decision = takeSlot(this.slots, this.quota.limit, this.parts.now());
    if (decision.kind === 'full') throw exceeded(this.quota, decision.retryAfterMs);
    if (decision.kind === 'short') return undefined;
    this.slots = decision.slots;
    return () => {
      this.slots = leaveSlot(this.slots);
    };
  }

  private hold(wanted: number): Promise<boolean> {
    const { store, owner, now } = this.parts;
    const { doubts } = this;
    return this.shared.ask(async () => {
      this.isUnsure = true;
      const held = await store.hold(this.quota, owner, wanted);
      // An answer to a question from before a doubt says nothing of what is held after it.
      if (doubts !== this.doubts) return;
      this.slots = heldSlots(this.slots, held, wanted, now());
      this.isUnsure = false;
    });
  }
}
