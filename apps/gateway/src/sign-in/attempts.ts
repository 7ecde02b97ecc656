import { ServingError } from '@medserve/errors';

/** Attempts that failed, or are not decided yet, in a minute. */
export const ATTEMPTS = { ofAddress: 30, ofAll: 600 } as const;

const MINUTE_MS = 60_000;
const ADDRESSES = 10_000;

/**
 * Bounds how often somebody may guess. Counted are attempts that failed: people behind one address of a hospital who sign in do not
 * stand in each other's way.
 */
export class Attempts {
  private readonly byAddress = new Map<string, number>();
  private all = 0;
  private minuteBeganMs: number;

  /** @param now milliseconds that only grow */
  constructor(private readonly now: () => number) {
    this.minuteBeganMs = now();
  }

  /**
   * Counts an attempt.
   *
   * @returns what takes it back, for one that succeeded
   * @throws ServingError `quota_exceeded`
   */
  enter(address: string): () => void {
    this.turnMinute();
    const { minuteBeganMs: minute } = this;
    const before = this.byAddress.get(address) ?? 0;
    if (before >= ATTEMPTS.ofAddress) throw this.tooMany('from this address', ATTEMPTS.ofAddress);
    if (this.all >= ATTEMPTS.ofAll) throw this.tooMany('at this gateway', ATTEMPTS.ofAll);
    if (before > 0 || this.byAddress.size < ADDRESSES) this.byAddress.set(address, before + 1);
    this.all += 1;
    return () => {
      if (this.minuteBeganMs !== minute) return;
      this.all -= 1;
      const count = this.byAddress.get(address) ?? 0;
      if (count > 1) this.byAddress.set(address, count - 1);
      else this.byAddress.delete(address);
    };
  }

  private turnMinute(): void {
    const now = this.now();
    if (now - this.minuteBeganMs < MINUTE_MS) return;
    this.minuteBeganMs = now;
    this.all = 0;
    this.byAddress.clear();
  }

  private tooMany(where: string, limit: number): ServingError {
    return new ServingError('quota_exceeded', `Too many attempts to sign in ${where} failed.`, {
      limit: `failed attempts to sign in ${where}: ${String(limit)} a minute`,
      remedy: 'Wait for the time in Retry-After, then sign in with a valid key.',
      retryAfterMs: Math.max(1, this.minuteBeganMs + MINUTE_MS - this.now()),
    });
  }
}
