import type { KnownPackage, PackageRef } from '@medserve/engines';
import type { HostReport } from '@medserve/serving';
import type { HostServing, HostSpans, WritingFigures } from '../host/messages';

export interface LoadOrder {
  readonly package: PackageRef;
  /** What the agent read; saves the host from hashing untouched files again. */
  readonly known: KnownPackage;
  readonly maxQueue: number;
  /** Whether it runs once before it takes requests. Not when one waits: that is then the first run, and answered sooner. */
  readonly warm: boolean;
  readonly timeoutMs: number;
}

/** One process that has, or will have, one model loaded, as the agent sees it. */
export interface ModelHost {
  readonly pid: number | undefined;
  readonly alive: boolean;
  /** What it said last; absent before its model is loaded. */
  readonly report: HostReport | undefined;
  /** Resident memory as it said last, also while it loads, in bytes; 0: it has said nothing yet. */
  readonly residentBytes: number;
  /** Resolves when the process has ended, however. */
  readonly exited: Promise<void>;
  /** Resolves when it takes nothing new: it has heard that it is to drain, or has ended. */
  readonly turnsAway: Promise<void>;
  /** Called after each report. */
  onReport: () => void;
  /** Called before that, of a host that writes. */
  onWriting: (figures: WritingFigures) => void;
  /** Told what requests that are traced spent their time on. */
  onSpans: (spans: HostSpans) => void;
  /**
   * Resolves when the host serves the model. The process is gone, or on its way out, when this throws.
   *
   * @throws ServingError `model_broken` when the model cannot be loaded; `unavailable` when the process ended: another may do.
   */
  load(order: LoadOrder): Promise<HostServing>;
  /**
   * Ends the host after the requests that it has, and without them when they take longer than the grace.
   *
   * @param handBack whether those that wait are sent elsewhere instead of run.
   */
  drain(graceMs: number, handBack?: boolean): Promise<void>;
  kill(): void;
}
