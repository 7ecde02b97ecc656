import type { AnyTensor, Decoded, Tensor } from '@medserve/clinical';
import type { ModelPackage, Session } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import {
  decodeFrame,
  decodeRequest,
  encodeResult,
  type DispatchInput,
  type DispatchResult,
  type FramePayload,
} from '@medserve/rpc';
import { taskOf } from '@medserve/serving';
import type { CompiledModel, ImageRoad } from './compile-model';

export interface LoadedModel {
  readonly modelPackage: ModelPackage;
  readonly compiled: CompiledModel;
  readonly session: Session;
}

export type ReportProgress = (phase: 'preprocessing' | 'running' | 'reading', percent: number) => void;

const isNumbers = (tensor: AnyTensor): tensor is Tensor => tensor.datatype !== 'BYTES';

type Outcome = Pick<DispatchResult, 'finding' | 'tensors' | 'timings'>;

async function answerImage(
  road: ImageRoad,
  session: Session,
  decoded: Decoded,
  report: ReportProgress,
): Promise<Outcome> {
  const began = performance.now();
  report('preprocessing', 30);
  const { feeds, placement } = road.prepare(decoded);
  const prepared = performance.now();
  report('running', 50);
  // A recipe's tensor that the model does not take is the package's fault, not the caller's.
  const outputs = await session.run(feeds).catch((error: unknown) => {
    throw error instanceof ServingError && error.reason === 'invalid_request'
      ? new ServingError('inference_failed', 'The recipe of the package does not give what the model takes.', {
          cause: error,
        })
      : error;
  });
  const ran = performance.now();
  report('reading', 90);
  const finding = road.read(decoded, placement, outputs.filter(isNumbers));
  return { finding, timings: { preprocess: prepared - began, run: ran - prepared, read: performance.now() - ran } };
}

async function answer(
  { compiled, session }: LoadedModel,
  input: DispatchInput,
  report: ReportProgress,
): Promise<Outcome> {
  switch (input.kind) {
    case 'tensors': {
      const began = performance.now();
      report('running', 50);
      const tensors = await session.run(input.tensors);
      return { tensors, timings: { preprocess: 0, run: performance.now() - began, read: 0 } };
    }
    case 'decoded':
      if (!compiled.image)
        throw new ServingError('task_not_available', 'This model takes tensors only.', { field: 'model' });
      return answerImage(compiled.image, session, input.decoded, report);
  }
}

/**
 * From a request frame to its response frame.
 *
 * @throws ServingError `invalid_request` for what the caller sent, `too_large`, `task_not_available`; `inference_failed` for
 *   what recipe, model or reader did.
 */
export async function answerRequest(
  model: LoadedModel,
  bytes: Uint8Array,
  queuedMs: number,
  report: ReportProgress,
): Promise<FramePayload> {
  const request = decodeRequest(decodeFrame(bytes));
  const { manifest, digest } = model.modelPackage;
  const outcome = await answer(model, request.input, report).catch((error: unknown) => {
    if (error instanceof ServingError) throw error;
    throw new ServingError('inference_failed', 'The model failed on this input.', { cause: error });
  });
  return encodeResult(request.id, {
    ...outcome,
    task: taskOf(manifest.serves, request) ?? request.task ?? '',
    model: { name: manifest.name, version: manifest.version, digest },
    engine: model.compiled.engine.title,
    timings: { queue: queuedMs, ...outcome.timings },
    batch: { rows: 1, batchRows: 1, leads: true },
  });
}
