import type { PoolDemand, WatchDemandResponse } from '@medserve/contracts';
import { SECONDS_KEPT } from '@medserve/serving';

/** Told of each second of demand that becomes known: a whole second since the epoch, and one router's mean slots of it. */
export type SecondListener = (pool: string, second: number, slots: number) => void;

const SECOND_MS = 1_000;
/** Seconds by which what a router counts may be away from our clock: messages are late, clocks tick apart. */
const SLACK_SECONDS = 2;

const secondOf = (nowMs: number): number => Math.floor(nowMs / SECOND_MS);

/**
 * What one router, of one start, says of the pools. Each second of it is counted once, however often its stream is opened anew, and
 * seconds in which it is silent are taken to be as the last it told of.
 */
export class RouterDemand {
  private pools = new Map<string, PoolDemand>();
  /** The last second that was counted. */
  private counted: number | undefined;

  constructor(
    public heardAtMs: number,
    private readonly onSecond: SecondListener,
  ) {}

  poolOf(pool: string): PoolDemand | undefined {
    return this.pools.get(pool);
  }

  hear({ pools }: WatchDemandResponse, nowMs: number): void {
    this.heardAtMs = nowMs;
    const count = pools.reduce((most, { recent }) => Math.max(most, recent.length), 0);
    const latest = this.placeOf(count, nowMs);
    // Left out are those in which we were held up ourselves, or that the router was silent in for longer than it remembers.
    this.fillTo(latest - count);
    for (const { pool, recent } of pools) {
      recent.forEach((slots, back) => {
        const second = latest - back;
        if (this.counted === undefined || second > this.counted) this.onSecond(pool, second, slots);
      });
    }
    this.counted = Math.max(latest, this.counted ?? latest);
    this.pools = new Map(pools.map((demand) => [demand.pool, demand]));
  }

  /** Counts the seconds of a silence that has lasted longer than a message may be late. */
  bridge(nowMs: number): void {
    this.fillTo(secondOf(nowMs) - 1 - SLACK_SECONDS);
  }

  /** Takes every second that nothing is known of, up to and with this one, to be as the last word. */
  private fillTo(until: number): void {
    if (this.counted === undefined || until <= this.counted) return;
    for (let second = Math.max(this.counted, until - SECONDS_KEPT) + 1; second <= until; second += 1) {
      for (const { pool, queuedSlots, runningSlots } of this.pools.values())
        this.onSecond(pool, second, queuedSlots + runningSlots);
    }
    this.counted = until;
  }

  /**
   * Which second the newest of so many is. They are counted on in order where that is not far from our clock: a message that comes a
   * little early or late leaves no hole and counts nothing twice.
   */
  private placeOf(count: number, nowMs: number): number {
    const byClock = secondOf(nowMs) - 1;
    if (this.counted === undefined) return byClock;
    const inOrder = this.counted + count;
    return Math.abs(inOrder - byClock) <= SLACK_SECONDS ? inOrder : byClock;
  }
}
