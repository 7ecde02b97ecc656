import type { TensorSpec } from '../engine';

/** A tensor as callers see it. */
export interface ServedTensor extends TensorSpec {
  /** Its whole shape in the model, where callers see another: with as many free sizes, which come in the same order. */
  readonly modelShape?: readonly number[] | undefined;
}

/** How the versions of a model are served, whatever layout they lie in: what hosts, pods and the gateway's protocols go by. */
export interface ServingConfig {
  /** Rows that one run, and so one request, may have; 0: the model has no batch axis. */
  readonly maxBatchSize: number;
  /** Runs that may be under way at once in one replica, each on a thread of its own. */
  readonly instances: number;
  /** Absent: requests are not put together. */
  readonly batching: Batching | undefined;
  /** Whole shapes, with the batch axis as -1 in front where there is one. */
  readonly inputs: readonly ServedTensor[];
  readonly outputs: readonly ServedTensor[];
  /** Names of classes by output. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** JSON form of Triton's ModelConfig, as the protocols show it. */
  readonly configJson: string;
}

export interface Batching {
  /** Rows of several requests that are put together at most, where fewer than `maxBatchSize` are worth it. */
  readonly maxRows?: number | undefined;
  /** Batch sizes that are worth waiting for; may be empty. */
  readonly preferredRows: readonly number[];
  /** How long a batch that an idle instance could run waits for more; 0: not at all. */
  readonly maxDelayMs: number;
}
