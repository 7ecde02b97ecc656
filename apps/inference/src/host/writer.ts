import type { GenerationDelta } from '@medserve/clinical';
import type { GeneratorStats } from '@medserve/engines';

/** A request for the thread that writes. */
export interface WritingOrder {
  /** Unique among all that the thread was ever given: a request that is begun again has another. */
  readonly job: number;
  readonly frame: Uint8Array<ArrayBuffer>;
  /** How long it waited, in milliseconds. */
  readonly queuedMs: number;
  readonly wantsDeltas: boolean;
  readonly wantsProgress: boolean;
}

/** A part of an answer that somebody reads along. */
export interface WrittenPart {
  readonly job: number;
  readonly delta: GenerationDelta;
}

/** What an answer took; of one that failed there is none. */
export interface WritingTally {
  readonly firstTokenMs: number;
  /** Of all its choices. */
  readonly tokens: number;
  /** Of its longest choice, as far as that can be told. */
  readonly longestTokens: number;
}

export interface WritingEnd {
  readonly job: number;
  /** The last frame, response or failure, in parts; absent of what was cancelled. */
  readonly frame?: readonly Uint8Array[] | undefined;
  readonly tally?: WritingTally | undefined;
}

export interface WriterEvents {
  /** Of one step, all that somebody reads along. */
  readonly onParts: (parts: readonly WrittenPart[]) => void;
  readonly onProgress: (job: number, phase: string, percent: number) => void;
  /** Each job has one end, those that were cancelled too: only then are its slots free. */
  readonly onEnd: (end: WritingEnd) => void;
  /** Said again and again while anything is written: a thread that is in a step says nothing. */
  readonly onStats: (stats: GeneratorStats) => void;
}

/** A thread that writes: a `ModelThread`. */
export interface Writer {
  /** Told before the first start. */
  listen(events: WriterEvents): void;
  start(order: WritingOrder): void;
  /** Nobody waits any more. */
  cancel(job: number): void;
}
