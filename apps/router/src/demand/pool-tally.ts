import type { PoolTotals } from '@medserve/contracts';
import type { PoolOutcome } from '../settings';

/** How the requests of a pool ended, since its first one. */
export class PoolTally {
  private readonly counted: PoolTotals = { answered: 0, invalid: 0, refused: 0, failed: 0, cancelled: 0, cold: 0 };

  get totals(): PoolTotals {
    return { ...this.counted };
  }

  ended(outcome: PoolOutcome): void {
    this.counted[outcome] += 1;
  }

  /** A request found no replica ready. */
  cold(): void {
    this.counted.cold += 1;
  }
}
