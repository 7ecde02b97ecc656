import type { Decoded, GenerationResult, Placement, TextsInput } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { decodeFrame, decodeRequest, type DispatchRequest } from '@medserve/rpc';
import type { ImageRoad } from './compile-model';
import type { LoadedModel } from './load-model';
import type { BatchPart } from './run-batch';

/** A request whose tensors can go into the model. */
export interface PreparedRequest extends BatchPart {
  readonly request: DispatchRequest;
  /** Parts with the same key fit together. */
  readonly key: string;
  /** Absent where the caller sent tensors: then outputs are the answer. */
  readonly image: { readonly road: ImageRoad; readonly decoded: Decoded; readonly placement: Placement } | undefined;
  readonly preprocessMs: number;
  /** Of texts: what reading them took. */
  readonly generation?: GenerationResult;
}

/** All parts of a batch came with one signature, so those of tensors fit together. */
const TENSORS_KEY = 'tensors';

function prepareImage(
  request: DispatchRequest,
  decoded: Decoded,
  road: ImageRoad,
  hasBatchAxis: boolean,
): PreparedRequest {
  const beganAtMs = performance.now();
  const { feeds, placement } = road.prepare(decoded);
  return {
    request,
    feeds,
    key: JSON.stringify(feeds.map(({ shape }) => shape)),
    rows: hasBatchAxis ? (feeds[0]?.shape[0] ?? 1) : 1,
    image: { road, decoded, placement },
    preprocessMs: performance.now() - beganAtMs,
  };
}

/** Rows of one length have one key, so that requests of texts of a like length run together. */
function prepareTexts(
  { texts: reader }: LoadedModel,
  request: DispatchRequest,
  texts: TextsInput['texts'],
): PreparedRequest {
  if (!reader) throw new ServingError('task_not_available', 'This model does not read texts.', { field: 'model' });
  const beganAtMs = performance.now();
  const { feeds, tokens } = reader.feedsOf(texts);
  return {
    request: { ...request, outputs: [reader.output] },
    feeds,
    key: `texts ${String(feeds[0]?.shape[1])}`,
    rows: texts.length,
    image: undefined,
    preprocessMs: performance.now() - beganAtMs,
    generation: { choices: [], usage: { prompt: tokens, completion: 0, cached: 0, image: 0 } },
  };
}

/**
 * From a request frame to what the model takes.
 *
 * @param onImage is told before a recipe begins, which can take a while.
 * @throws ServingError `invalid_request` for what the caller sent, `too_large`, `task_not_available`, `modality_mismatch`;
 *   `inference_failed` for what the recipe did.
 */
export function prepareRequest(model: LoadedModel, frame: Uint8Array, onImage: () => void): PreparedRequest {
  const { compiled, modelPackage } = model;
  const hasBatchAxis = modelPackage.serving.maxBatchSize > 0;
  const request = decodeRequest(decodeFrame(frame));
  switch (request.input.kind) {
    case 'tensors': {
      const feeds = request.input.tensors;
      const rows = hasBatchAxis ? (feeds[0]?.shape[0] ?? 1) : 1;
      return { request, feeds, key: TENSORS_KEY, rows, image: undefined, preprocessMs: 0 };
    }
    case 'decoded':
      if (!compiled.image)
        throw new ServingError('task_not_available', 'This model takes tensors only.', { field: 'model' });
      onImage();
      return prepareImage(request, request.input.decoded, compiled.image, hasBatchAxis);
    case 'texts':
      return prepareTexts(model, request, request.input.texts);
    case 'generation':
      throw new ServingError('task_not_available', 'This model does not write.', { field: 'model' });
  }
}
