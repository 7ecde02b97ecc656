import type { Decoded, GenerationDelta, GenerationRequest, GenerationResult, Tensor } from '@medserve/clinical';
import type { ServingError } from '@medserve/errors';
import type { Manifest } from '../manifest/manifest';
import type { PoolEndpoints, PoolStats } from './pool-endpoints';

export type GenerationRules = NonNullable<Manifest['generation']>;

/** How a model sees: given by whoever knows recipes and image formats, which an engine does not. */
export interface Eyes {
  /**
   * The image as the package's recipe makes it, the first axis of length 1; absent where the package has no recipe.
   *
   * @throws ServingError `too_large`, `invalid_request`
   */
  readonly tensorOf: ((image: Decoded) => Tensor) | undefined;
  /** The image as a PNG file for engines that read files; a volume slice by slice, at most as many as `maxImages`. */
  pngOf(image: Decoded): Promise<readonly Uint8Array[]>;
}

export interface GeneratorSpec {
  /** Folder of the package. */
  readonly folder: string;
  /** `sha256:` and hex digits: of the package. */
  readonly digest: string;
  readonly generation: GenerationRules;
  /** Of a package without weights: where the servers of its pool are, and what the model is called there. */
  readonly pool: PoolEndpoints | undefined;
  /** Threads that one run may use. */
  readonly threads: number;
  readonly eyes: Eyes;
}

export interface GenerationOrder {
  /** The request's id: unique among those under way. */
  readonly id: string;
  /** Nothing that is kept of one tenant's requests is found by another's. */
  readonly tenant: string;
  readonly request: GenerationRequest;
  /** The images that the turns name, by index. */
  readonly images: readonly Decoded[];
  /** By which server of a pool requests about the same image find each other. */
  readonly affinityKey?: string | undefined;
}

/** Is told of one generation: any number of `delta`, then one `done` or one `failed`; nothing after `cancel`. */
export interface GenerationSink {
  /** All deltas of a choice together are its text. */
  delta(delta: GenerationDelta): void;
  progress(phase: 'preprocessing' | 'running', percent: number): void;
  done(result: GenerationResult): void;
  /**
   * `invalid_request` for what the caller asked (a prompt beyond the context names the limit, an unknown adapter, a schema that
   * cannot be met); `too_large`; `inference_failed`; of a pool also `unavailable`, `overloaded`, `deadline_exceeded`.
   */
  failed(error: ServingError): void;
}

export interface Generation {
  /** Nobody waits any more: its slot is free before the next step. Calling it again, or after the end, does nothing. */
  cancel(): void;
}

export interface GeneratorStats {
  readonly slots: number;
  readonly busySlots: number;
  /** Steps run, and rows of all steps together, since the model was loaded: their ratio is how full the batches are. */
  readonly steps: number;
  readonly rows: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly writtenTokens: number;
  /** Of the encoder's outputs that were kept: found and not found. */
  readonly imageHits: number;
  readonly imageMisses: number;
  /** Bytes that caches hold. */
  readonly cacheBytes: number;
  /** Of a model that servers elsewhere run. */
  readonly pool?: PoolStats;
}

/**
 * A loaded model that writes. Begins what it is given at once, as long as no more than `slots` answers are under way: who waits,
 * and who goes first, is decided before.
 */
export interface Generator {
  /** Answers that can be written at once; a request with n choices takes n. */
  readonly slots: number;
  /** Never throws for what is asked: that is told to the sink, never before this returns. */
  start(order: GenerationOrder, sink: GenerationSink): Generation;
  stats(): GeneratorStats;
  /** What is under way fails as `unavailable`. */
  close(): Promise<void>;
}
