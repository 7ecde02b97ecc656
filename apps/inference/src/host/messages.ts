import type { TensorDescriptionEntry } from '@medserve/rpc';

/** What agent and host say to each other over the host's IPC channel; whose end is the end of the host. */
export type ToHost =
  | { readonly kind: 'load'; readonly folder: string; readonly maxQueue: number }
  /** Take no new requests, finish the running ones, exit. */
  | { readonly kind: 'drain' };

export interface HostServing {
  readonly kind: 'serving';
  readonly address: string;
  readonly digest: string;
  readonly inputs: readonly TensorDescriptionEntry[];
  readonly outputs: readonly TensorDescriptionEntry[];
}

export interface HostFigures {
  readonly kind: 'report';
  readonly inFlight: number;
  readonly idleForMs: number;
  readonly running?: { readonly forMs: number; readonly deadlineMs: number } | undefined;
  readonly residentBytes: number;
}

export type FromHost =
  /** Everything that needs no model is loaded. */
  { readonly kind: 'waiting' } | HostServing | { readonly kind: 'failed'; readonly detail: string } | HostFigures;

/** Between a host's main thread and the worker that runs the session. One job at a time. */
export type ToWorker =
  | { readonly kind: 'load'; readonly folder: string }
  | { readonly kind: 'run'; readonly frame: Uint8Array; readonly queuedMs: number; readonly wantsProgress: boolean };

export type FromWorker =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'loaded';
      readonly digest: string;
      readonly inputs: readonly TensorDescriptionEntry[];
      readonly outputs: readonly TensorDescriptionEntry[];
    }
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'progress'; readonly phase: string; readonly percent: number }
  /** The last frame of the job, response or failure, in parts. */
  | { readonly kind: 'done'; readonly parts: readonly Uint8Array[] };
