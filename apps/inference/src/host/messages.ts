import type { GeneratorStats, KnownPackage, PackageRef } from '@medserve/engines';
import type { TensorDescriptionEntry } from '@medserve/rpc';
import type { Span } from '@medserve/runtime/tracing';

/** What agent and host say to each other over the host's IPC channel; whose end is the end of the host. */
export type ToHost =
  | {
      readonly kind: 'load';
      readonly package: PackageRef;
      readonly known?: KnownPackage | undefined;
      /** Requests that may wait, beside those that run. */
      readonly maxQueue: number;
      /** Whether every instance runs zeros of the smallest shape once before it takes requests. */
      readonly warm: boolean;
    }
  /**
   * Take no new requests, finish those that are here, exit. With `handBack` only those that run: the waiting ones are refused
   * as `unavailable`, so that they are sent to another host.
   */
  | { readonly kind: 'drain'; readonly handBack?: boolean };

export interface HostServing {
  readonly kind: 'serving';
  readonly address: string;
  readonly digest: string;
  readonly inputs: readonly TensorDescriptionEntry[];
  readonly outputs: readonly TensorDescriptionEntry[];
  /** From the order to load to the first instance that takes requests, its warm-up with it. */
  readonly loadedInMs: number;
}

/** Totals since the host began to serve. */
export interface HostCounts {
  /** Runs of the model that went well. */
  readonly runs: number;
  /** Rows of all requests that were given to an instance. */
  readonly rows: number;
  /** Requests that gave their place in the full queue to a more urgent one. */
  readonly evicted: number;
  /** Requests that were refused on arrival because they could not be answered before their deadline. */
  readonly shed: number;
  /** Runs of several requests that failed and were run again in halves. */
  readonly bisected: number;
}

/** What an answer took. */
export interface AnswerTimes {
  /** From the start of the work to the first token. */
  readonly firstTokenMs: number;
  /** After the first; absent of an answer of one token. */
  readonly tokensPerSecond: number | undefined;
}

/** What the host of a model that writes says besides. */
export interface WritingFigures {
  readonly stats: GeneratorStats;
  /** Requests that gave their slots to a more urgent one, since the host began to serve. */
  readonly preempted: number;
  /** Of requests that ended since the report before. */
  readonly answers: readonly AnswerTimes[];
}

export interface HostFigures {
  readonly kind: 'report';
  /** Requests that wait or run. */
  readonly inFlight: number;
  readonly queued: number;
  readonly queuedRows: number;
  readonly idleForMs: number;
  /**
   * Of the run under way that overran its time most: the latest deadline of those who still wait for it. Of a model that writes:
   * for how long its thread has said nothing, and how long a step may take.
   */
  readonly running?: { readonly forMs: number; readonly deadlineMs: number } | undefined;
  /** How long a run has been under way for nobody, the longest of several; absent: every run has someone who waits. */
  readonly abandonedForMs?: number | undefined;
  /** As learned from the runs so far; absent: there were too few. */
  readonly msPerRow?: number | undefined;
  /** Instances that take requests now. */
  readonly instances: number;
  /** The package wants batches, and the model turned out to have no batch axis: its requests run one by one. */
  readonly notBatchable: boolean;
  readonly counts: HostCounts;
  readonly writing?: WritingFigures | undefined;
  readonly residentBytes: number;
}

/** Of requests that are traced: what ended since the message before. */
export interface HostSpans {
  readonly kind: 'spans';
  readonly spans: readonly Span[];
  /** For which there was no room. */
  readonly dropped: number;
}

export type FromHost =
  /** Everything that needs no model is loaded. */
  | { readonly kind: 'waiting' }
  /** From the order to load until the first `report`: loading can take more memory than serving. */
  | { readonly kind: 'loading'; readonly residentBytes: number }
  | HostServing
  | { readonly kind: 'failed'; readonly detail: string }
  /** It was told to drain: what comes from now on is refused as `unavailable`, not begun. */
  | { readonly kind: 'turning-away' }
  | HostFigures
  | HostSpans;
