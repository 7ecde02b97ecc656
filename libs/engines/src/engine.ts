import type { AnyDatatype, AnyTensor } from '@medserve/clinical';

/** A tensor that a model takes or gives. */
export interface TensorSpec {
  readonly name: string;
  /** By the Open Inference Protocol, such as `FP32`. */
  readonly datatype: AnyDatatype;
  /** -1 stands for a free dimension. */
  readonly shape: readonly number[];
}

export interface LoadSpec {
  /** Folder of the package. */
  readonly folder: string;
  /** The model file, relative to the folder. */
  readonly modelFile: string;
  /** Threads that one run may use. */
  readonly threads: number;
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
  /** @throws ServingError `model_broken` when the file is no model that this engine runs; `cancelled` by the signal. */
  load(spec: LoadSpec, signal: AbortSignal): Promise<Session>;
}

/** A loaded model. One run at a time; blocks its thread while it runs where the engine does. */
export interface Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * @throws ServingError `invalid_request` when the feeds are not what `inputs` says (nothing was run); `inference_failed`
   *   when the model failed or gave numbers that are none.
   */
  run(feeds: readonly AnyTensor[]): Promise<readonly AnyTensor[]>;
  close(): Promise<void>;
}
