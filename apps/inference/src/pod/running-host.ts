import type { Resident } from '@medserve/serving';
import type { HostServing } from '../host/messages';
import type { ModelHost } from './model-host';

/** A host with its model loaded. */
export class RunningHost {
  private peakBytes = 0;
  private readonly sinceMs = performance.now();

  constructor(
    readonly host: ModelHost,
    readonly serving: HostServing,
  ) {}

  get lastUsedAtMs(): number {
    return this.host.report?.lastUsedAtMs ?? this.sinceMs;
  }

  /** What the pod's memory is shared out by: the most that it held so far. */
  resident(key: string, expectedBytes: number, pinned: boolean): Resident {
    const { report } = this.host;
    const busy = report === undefined || report.inFlight > 0 || report.abandonedSinceMs !== undefined;
    return { key, bytes: this.peakBytes || expectedBytes, lastUsedAtMs: this.lastUsedAtMs, busy, pinned };
  }

  /** Notes what it holds now. @returns the most so far */
  measure(): number {
    this.peakBytes = Math.max(this.peakBytes, this.host.residentBytes);
    return this.peakBytes;
  }
}
