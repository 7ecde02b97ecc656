import type { RetrySettings } from '../destination-settings';
import { ceiling, MOST_REST_MS } from './retry';

/**
 * How many deliveries one destination may have under way. While it is down it is asked by one at a time, ever more seldom: a
 * thousand studies that wait for it are not a thousand attempts, and use none of theirs up.
 */
export class Gate {
  private failures = 0;
  private restsUntil = 0;

  constructor(
    private readonly concurrency: number,
    private readonly policy: RetrySettings,
    private readonly random: () => number,
  ) {}

  /** @param now in milliseconds, of the same clock everywhere here */
  room(active: number, now: number): number {
    if (this.failures === 0) return this.concurrency - active;
    return now < this.restsUntil ? 0 : 1 - active;
  }

  /** Milliseconds until it may be asked again. */
  rest(now: number): number {
    return Math.max(0, this.restsUntil - now);
  }

  /** Nothing got through to it. @param atLeastMs what it asked for itself */
  down(now: number, atLeastMs = 0): void {
    this.failures += 1;
    // Half of it at least: a rest of nothing would ask it again for every delivery that waits.
    const rest = Math.min(ceiling(this.policy, this.failures), MOST_REST_MS) * (0.5 + this.random() / 2);
    this.restsUntil = now + Math.max(rest, atLeastMs);
  }

  /** It answered, whatever it said; or somebody who knows better wants it asked. */
  up(): void {
    this.failures = 0;
    this.restsUntil = 0;
  }
}
