import type { AnyDatatype, AnyTensor } from '@medserve/clinical';
import type { Generator, GeneratorSpec } from './generation/generator';
import type { PoolEndpoints } from './generation/pool-endpoints';

/** A tensor that a model takes or gives. */
export interface TensorSpec {
  readonly name: string;
  /** By the Open Inference Protocol, such as `FP32`. */
  readonly datatype: AnyDatatype;
  /** -1 stands for a free dimension. */
  readonly shape: readonly number[];
}

/** A tensor as the model's file declares it, before what its package says about it. */
export interface DeclaredTensor {
  readonly name: string;
  readonly datatype: AnyDatatype;
  /** Absent: the file leaves the rank open. -1 for a free dimension. */
  readonly shape: readonly number[] | undefined;
  /** What the file calls its first dimension, such as `batch`; empty where that has no name. */
  readonly firstDimension: string;
  /** Names of its further free dimensions, in their order; empty for one without. */
  readonly freeDimensions: readonly string[];
}

/** What a model takes and gives, read from its file. */
export interface Signature {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  /** Further files that the model file needs, relative to the package. */
  readonly external: readonly string[];
}

export interface LoadSpec {
  /** Folder of the package. */
  readonly folder: string;
  /** The model file, relative to the folder. */
  readonly modelFile: string;
  /** The same model made ready for this machine, relative to the folder; where it cannot be loaded, the model file is. */
  readonly optimisedFile?: string | undefined;
  /** Threads that one run may use. */
  readonly threads: number;
  /** Of a package without weights: where the servers of its pool are, and what the model is called there. */
  readonly pool?: PoolEndpoints | undefined;
}

/**
 * What runs a model. An engine is a folder beside this file and passes `describeEngineContract`.
 */
export interface Engine {
  /** As `model.yaml` names it under `engine`. */
  readonly id: string;
  /** With version, as it stands in an answer's provenance: `onnxruntime-node 1.30.0`. */
  readonly title: string;
  /** Loads what can be loaded before a model is known, so that a waiting process starts a model quickly. */
  prepare(): Promise<void>;
  /**
   * Reads what a model is, without loading the engine or the weights, and refuses what a stranger's file must not hold.
   *
   * @param root folder of the package; `modelFile` is relative to it
   * @throws ServingError `model_broken`
   */
  inspect(root: string, modelFile: string): Promise<Signature>;
  /** @throws ServingError `model_broken` when the file is no model that this engine runs; `cancelled` by the signal. */
  load(spec: LoadSpec, signal: AbortSignal): Promise<Session>;
  /** Loads a model that writes; absent of an engine that does not. @throws ServingError as `load` */
  readonly openGenerator?: (spec: GeneratorSpec, signal: AbortSignal) => Promise<Generator>;
}

/** A loaded model. One run at a time; blocks its thread while it runs where the engine does. */
export interface Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * @throws ServingError `invalid_request` when the feeds are not what `inputs` says (nothing was run); `inference_failed`
   *   when the model failed. Numbers pass as they are, NaN among them: `checkNumbers` refuses them where an answer is read.
   * @param wanted names of outputs, each once; the outputs come in this order and no others are computed. Default: all.
   */
  run(feeds: readonly AnyTensor[], wanted?: readonly string[]): Promise<readonly AnyTensor[]>;
  close(): Promise<void>;
}
