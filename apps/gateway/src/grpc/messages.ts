import type { InferRequest, InferResponse, Tensor as WireTensor } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { fromRequestClass, tensorBytesOf, tensorHeader, type CallContext, type TensorBytes } from '@medserve/rpc';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import { PATIENT_KEY, readPatientKey } from '../privacy/patient-key';
import { answeredTensors } from '../infer/answered-tensors';
import type { LiveCatalogue } from '../infer/live-catalogue';
import { DEFAULT_LIMITS } from '../infer/limits';
import { parseModel } from '../infer/model-words';
import type { ImagePreparation } from '../infer/prepare-image';
import { prepareTensors, type TensorPreparationParts } from '../infer/prepare-tensors';
import type { Ended, Prepared } from '../infer/prepared';
import { settleColdStart, type Wake } from '../infer/cold-start';
import { PROBLEM_TYPE, errorOfProblem } from '../http/problem';
import { MAX_DEADLINE_MS, type Preference } from '../infer/inference-request';
import { mediaTypeHint } from '../intake/media-type-hint';
import { parsePrefer } from '../intake/prefer';
import { parseWishes } from '../intake/parse-wishes';

interface Parts extends TensorPreparationParts {
  readonly preparation: ImagePreparation;
  readonly catalogue: LiveCatalogue;
  readonly instruments: Instruments;
  readonly wake: Wake;
}

/** As the header over HTTP. Over gRPC there is no job in place of an answer: who wants progress calls `InferStream`. */
const PREFER = 'prefer';
/** As the member of the request over HTTP. */
const FALLBACK = 'medserve-fallback';

const textOf = ({ metadata }: CallContext, key: string): string | undefined => {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
};

const preferenceOf = (context: CallContext): Preference => ({
  ...parsePrefer(context.metadata.get(PREFER).map(String)),
  respondAsync: false,
});

const named = (text: string): string | undefined => (text === '' ? undefined : text);

/** The earlier of what the message says and what the call says. A call may wait longer than any request. */
export function deadlineOf(
  request: Pick<InferRequest, 'deadlineMs'>,
  context: Pick<CallContext, 'deadlineAtMs'>,
): number | undefined {
  const byCall = Number.isFinite(context.deadlineAtMs)
    ? Math.min(Math.max(1, Math.floor(context.deadlineAtMs - Date.now())), MAX_DEADLINE_MS)
    : undefined;
  const byMessage = request.deadlineMs === 0 ? undefined : request.deadlineMs;
  return byCall === undefined || byMessage === undefined ? (byCall ?? byMessage) : Math.min(byCall, byMessage);
}

/** From the message to something that may be accepted; the same checks as the REST API's, the same errors. */
export async function prepareMessage(
  parts: Parts,
  principal: Principal,
  request: InferRequest,
  context: CallContext,
): Promise<Prepared> {
  const patientKey = readPatientKey(context.metadata.get(PATIENT_KEY)[0]);
  const wishes = parseWishes({
    task: named(request.task),
    modality: named(request.modality),
    model: named(request.model),
    fallback: textOf(context, FALLBACK),
    question: named(request.question),
    parameters: request.parameters,
    class: fromRequestClass(request.requestClass),
    deadlineMs: deadlineOf(request, context),
    allowMismatch: request.allowMismatch,
  });
  const prefer = preferenceOf(context);
  const idempotencyKey = named(request.idempotencyKey);
  if (request.files.length > 0 === request.tensors.length > 0) {
    throw new ServingError('invalid_request', 'A request has either files or tensors.', { field: 'files' });
  }
  if (request.tensors.length > 0) {
    if (wishes.fallback !== undefined) {
      throw new ServingError('invalid_request', 'Tensors go to the one model that was named.', { field: 'fallback' });
    }
    const tensors = request.tensors.map(fromWire);
    const model = parseModel(wishes.model);
    const prepared = prepareTensors(principal, { ...wishes, model, idempotencyKey, patientKey, tensors }, parts);
    return { ...prepared, ...settleColdStart(prepared.choice, undefined, prefer, parts.wake).waiting };
  }
  if (request.files.length > DEFAULT_LIMITS.files) {
    throw new ServingError('too_large', 'There are too many files.', {
      field: 'files',
      limit: `files: ${String(DEFAULT_LIMITS.files)}`,
    });
  }
  const files = request.files.map(({ data, mediaType }) => ({
    bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    ...mediaTypeHint(mediaType),
  }));
  return parts.preparation.prepare(principal, { ...wishes, prefer, idempotencyKey, patientKey, files }, context.signal);
}

/** @throws ServingError when the request ended in a problem: over gRPC that is a status; what `answeredTensors` throws */
export function responseOf(id: string, prepared: Prepared, ended: Ended): InferResponse {
  const answer = answerOf(ended);
  const tensors = prepared.order.input.kind === 'tensor-bytes' ? answeredTensors(ended, prepared).tensors : [];
  return { id, answer, tensors: tensors.map(toWire) };
}

/** The document of the answer. @throws ServingError when the request ended in a problem */
export function answerOf(ended: Ended): Buffer {
  if (ended.contentType === PROBLEM_TYPE) throw errorOfProblem(ended);
  return ended.bytes;
}

const fromWire = ({ name, datatype, shape, data }: WireTensor): TensorBytes =>
  tensorBytesOf({ name, datatype, shape }, data);

const toWire = (tensor: TensorBytes): WireTensor => ({ ...tensorHeader(tensor), data: tensor.bytes });
