import type { GeneratorStats, KnownPackage, PackageRef, ServingConfig } from '@medserve/engines';
import type { TensorDescriptionEntry } from '@medserve/rpc';
import type { WritingEnd, WritingOrder, WrittenPart } from './writer';

/**
 * Between a host's main thread and a worker: one that runs a session has the batches of one turn at a time, one that writes as many
 * jobs as are started and not ended.
 */
export type ToWorker =
  | {
      readonly kind: 'load';
      readonly package: PackageRef;
      readonly known: KnownPackage | undefined;
      readonly warm: boolean;
    }
  | { readonly kind: 'run'; readonly batches: readonly (readonly FrameJob[])[] }
  | ({ readonly kind: 'start' } & WritingOrder)
  | { readonly kind: 'cancel'; readonly job: number };

/** One request of a batch. */
export interface FrameJob {
  readonly frame: Uint8Array;
  /** How long it waited until it was given to the worker, in milliseconds. */
  readonly queuedMs: number;
  readonly wantsProgress: boolean;
}

/** What the main thread forms batches by. */
export interface ModelRules extends Pick<ServingConfig, 'maxBatchSize' | 'instances' | 'batching'> {
  readonly known: KnownPackage;
  /** Of a model that writes, which one thread does, whatever `instances` says. */
  readonly writing?: { readonly maxAnswerTokens: number } | undefined;
}

export interface LoadedModelInfo {
  readonly digest: string;
  readonly inputs: readonly TensorDescriptionEntry[];
  readonly outputs: readonly TensorDescriptionEntry[];
  /** Whether requests may run together as far as the model's tensors tell. */
  readonly batchable: boolean;
  /** Of a model that writes: how many answers at once. */
  readonly slots?: number | undefined;
}

export type FromWorker =
  /** Everything that needs no model is loaded. */
  | { readonly kind: 'waiting' }
  /** The package was read; its session is being made. */
  | ({ readonly kind: 'opened' } & ModelRules)
  | ({ readonly kind: 'loaded' } & LoadedModelInfo)
  | { readonly kind: 'broken'; readonly detail: string }
  /** Of a run, the jobs of a turn are counted through. */
  | { readonly kind: 'progress'; readonly job: number; readonly phase: string; readonly percent: number }
  | { readonly kind: 'done'; readonly outcomes: readonly BatchOutcome[] }
  | { readonly kind: 'wrote'; readonly parts: readonly WrittenPart[] }
  | ({ readonly kind: 'ended' } & WritingEnd)
  | { readonly kind: 'stats'; readonly stats: GeneratorStats };

export interface BatchOutcome {
  /** Of each job the last frame, response or failure, in parts. */
  readonly frames: readonly (readonly Uint8Array[])[];
  /** Runs that went well: more than one where shapes differed or a run was repeated in parts. */
  readonly runs: number;
  /** A run of several failed and was repeated in halves. */
  readonly bisected: boolean;
  /** The model gave outputs without the batch axis: its requests must not run together. */
  readonly unbatchable: boolean;
}
