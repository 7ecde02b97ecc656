import { join } from 'node:path';
import type { AnyTensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { InferenceSession } from 'onnxruntime-node';
import { broken } from '../broken';
import { checkFeeds, checkWanted } from '../check-feeds';
import type { Engine, LoadSpec, Session, TensorSpec } from '../engine';
import { datatypeOf } from './datatypes';
import { firstSession } from './first-session';
import { inspect } from './graph/inspect';
import { loadOrt, type Ort } from './load-ort';
import { fromOrt, toOrt } from './ort-tensor';
import { ORT_VERSION } from './ort-version';
import { sessionOptions } from './session-options';

function specOf(value: InferenceSession.ValueMetadata): TensorSpec {
  if (!value.isTensor) throw broken('The model takes or gives something that is no tensor.');
  const datatype = datatypeOf(value.type);
  if (!datatype) throw broken(`The model uses the tensor type ${value.type}, which is not served here.`);
  return { name: value.name, datatype, shape: value.shape.map((size) => (typeof size === 'number' ? size : -1)) };
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

  async run(feeds: readonly AnyTensor[], wanted?: readonly string[]): Promise<readonly AnyTensor[]> {
    const ordered = checkFeeds(this.inputs, feeds);
    const chosen = wanted ? checkWanted(this.outputs, wanted) : this.outputs;
    const given = Object.fromEntries(ordered.map((feed) => [feed.name, toOrt(this.ort, feed)]));
    const fetches = chosen.map(({ name }) => name);
    const results = await this.session.run(given, fetches).catch((error: unknown) => {
      throw new ServingError('inference_failed', 'The model failed on this input.', { cause: error });
    });
    return chosen.map(({ name, datatype }) => {
      const result = results[name];
      if (!result) throw new ServingError('inference_failed', 'The model left out an output.');
      return fromOrt(name, datatype, result);
    });
  }

  close(): Promise<void> {
    return this.session.release();
  }
}

/** Prefers the optimised file, which needs no more than to be mapped; one that fails is as good as none. */
async function create(ort: Ort, { folder, modelFile, optimisedFile, threads }: LoadSpec): Promise<InferenceSession> {
  const options = sessionOptions(threads);
  if (optimisedFile !== undefined) {
    const session = await ort.InferenceSession.create(join(folder, optimisedFile), {
      ...options,
      graphOptimizationLevel: 'disabled',
    }).catch(() => undefined);
    if (session) return session;
  }
  return ort.InferenceSession.create(join(folder, modelFile), options).catch((error: unknown) => {
    throw broken('ONNX Runtime cannot load the model file.', error);
  });
}

/** ONNX Runtime on the CPU. `run` blocks its thread (upstream issue 19611), so a session belongs in a worker thread. */
export const onnxEngine: Engine = {
  id: 'onnx',
  title: `onnxruntime-node ${ORT_VERSION}`,
  prepare: async () => {
    await firstSession(await loadOrt());
  },
  inspect,
  load: async (spec: LoadSpec, signal: AbortSignal) => {
    const ort = await loadOrt();
    signal.throwIfAborted();
    const session = await create(ort, spec);
    if (signal.aborted) {
      await session.release();
      signal.throwIfAborted();
    }
    return new OnnxSession(ort, session);
  },
  openGenerator: async (spec, signal) => {
    // With tokenizers and templates, which a host of any other model need not wait for.
    const { openGenerator } = await import('./generation/open-generator');
    return openGenerator(spec, signal);
  },
};
