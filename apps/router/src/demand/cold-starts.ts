import { learnLoadMs, loadProgress, type LoadProgress } from '@medserve/serving';

/** The times in which a pool was asked and had no replica that serves, and what was learned from them. */
export class ColdStarts {
  private beganMs: number | undefined;
  private learnedMs: number | undefined;

  /** How long one is expected to take, in milliseconds; 0: none was seen. */
  get expectedMs(): number {
    return Math.ceil(this.learnedMs ?? 0);
  }

  /** A request found no replica. @param isFirst whether nobody asked for one before, so that none is on its way */
  begin(nowMs: number, isFirst: boolean): void {
    if (isFirst) this.beganMs = nowMs;
    else this.beganMs ??= nowMs;
  }

  /** Nobody waited for it to its end: there are replicas, and how long they have been there nobody saw. */
  abandon(): void {
    this.beganMs = undefined;
  }

  /** A replica serves. @returns how long that took; `undefined`: there was one before */
  end(nowMs: number): number | undefined {
    if (this.beganMs === undefined) return undefined;
    const tookMs = nowMs - this.beganMs;
    this.beganMs = undefined;
    this.learnedMs = learnLoadMs(this.learnedMs, tookMs);
    return tookMs;
  }

  /** How far the one under way is; `undefined`: none is. */
  progress(nowMs: number): LoadProgress | undefined {
    return this.beganMs === undefined ? undefined : loadProgress(nowMs - this.beganMs, this.expectedMs);
  }
}
