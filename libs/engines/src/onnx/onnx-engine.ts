import { join } from 'node:path';
import type { AnyTensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type * as OrtModule from 'onnxruntime-node';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { checkFeeds, checkNumbers } from '../check-feeds';
import type { Engine, LoadSpec, Session, TensorSpec } from '../engine';
import { datatypeOf, typeOf } from './datatypes';

type Ort = typeof OrtModule;

/* Not with the module: the agent and the router's side read packages without ever loading 46 MB of native library. */
const loadOrt = (): Promise<Ort> => import('onnxruntime-node');

const broken = (detail: string, cause?: unknown) => new ServingError('model_broken', detail, { cause });

function specOf(value: InferenceSession.ValueMetadata): TensorSpec {
  if (!value.isTensor) throw broken('The model takes or gives something that is no tensor.');
  const datatype = datatypeOf(value.type);
  if (!datatype) throw broken(`The model uses the tensor type ${value.type}, which is not served here.`);
  return { name: value.name, datatype, shape: value.shape.map((size) => (typeof size === 'number' ? size : -1)) };
}

/** ORT takes a typed array as it is, without a copy, over any memory but a SharedArrayBuffer. */
function toOrt(ort: Ort, { datatype, data, shape }: AnyTensor): OrtTensor {
  const Constructor = ort.Tensor as unknown as new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
  return new Constructor(typeOf(datatype), data, shape);
}

class OnnxSession implements Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];

  constructor(
    private readonly ort: Ort,
    private readonly session: InferenceSession,
  ) {
    this.inputs = session.inputMetadata.map(specOf);
    this.outputs = session.outputMetadata.map(specOf);
  }

  async run(feeds: readonly AnyTensor[]): Promise<readonly AnyTensor[]> {
    const ordered = checkFeeds(this.inputs, feeds);
    const given = Object.fromEntries(ordered.map((feed) => [feed.name, toOrt(this.ort, feed)]));
    const results = await this.session.run(given).catch((error: unknown) => {
      throw new ServingError('inference_failed', 'The model failed on this input.', { cause: error });
    });
    const outputs = this.outputs.map(({ name, datatype }): AnyTensor => {
      const result = results[name];
      if (!result) throw new ServingError('inference_failed', 'The model left out an output.');
      return { name, datatype, shape: result.dims, data: result.data } as AnyTensor;
    });
    checkNumbers(outputs);
    return outputs;
  }

  close(): Promise<void> {
    return this.session.release();
  }
}

/** ONNX Runtime on the CPU. `run` blocks its thread (upstream issue 19611), so a session belongs in a worker thread. */
export const onnxEngine: Engine = {
  id: 'onnx',
  title: 'onnxruntime-node 1.30.0',
  prepare: async () => {
    await loadOrt();
  },
  load: async ({ folder, modelFile, threads }: LoadSpec, signal: AbortSignal) => {
    const ort = await loadOrt();
    signal.throwIfAborted();
    let session: InferenceSession;
    try {
      session = await ort.InferenceSession.create(join(folder, modelFile), {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Spinning threads take the core from the thread that speaks gRPC.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      });
    } catch (error) {
      throw broken('ONNX Runtime cannot load the model file.', error);
    }
    if (signal.aborted) {
      await session.release();
      signal.throwIfAborted();
    }
    return new OnnxSession(ort, session);
  },
};
