import type {
  AnyTensor,
  Decoded,
  DecodedHeader,
  Finding,
  GenerationInput,
  GenerationRequest,
  GenerationResult,
  TextsInput,
} from '@medserve/clinical';
import type { Frame, RequestHeader, ResponseHeader } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { encodeFrame } from '../frame/codec';
import type { FramePayload } from '../frame/frame-payload';
import {
  joinDecoded,
  splitDecoded,
  tensorBytes,
  tensorBytesOf,
  tensorHeader,
  tensorOf,
  type TensorBytes,
} from '../frame/tensor-bytes';
import { fromRequestClass, toRequestClass, type ClassName } from './request-class';

export type DispatchInput =
  | { readonly kind: 'decoded'; readonly decoded: Decoded }
  /** Go to the model as they are, past recipe and reader. */
  | { readonly kind: 'tensors'; readonly tensors: readonly AnyTensor[] }
  /** A conversation to be gone on with; its turns name the images by their index. */
  | { readonly kind: 'generation'; readonly request: GenerationRequest; readonly images: readonly Decoded[] }
  | { readonly kind: 'texts'; readonly texts: TextsInput['texts'] };

export interface DispatchRequest<Input = DispatchInput> {
  /** UUIDv7; unique among the open requests. */
  readonly id: string;
  readonly tenant: string;
  readonly task?: string | undefined;
  readonly modality?: string | undefined;
  readonly model?: { readonly name: string; readonly version?: string | undefined } | undefined;
  readonly class: ClassName;
  /** What is left of the deadline, in milliseconds. */
  readonly deadlineMs: number;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly question?: string | undefined;
  readonly input: Input;
  /** Of tensors: which outputs are wanted; absent: all. */
  readonly outputs?: readonly string[] | undefined;
  /** Requests with the same key go to the same replica as long as its load allows. */
  readonly affinityKey?: string | undefined;
  readonly wantsDecision?: boolean | undefined;
  /** Whether the answer is wanted while it is written. */
  readonly wantsDeltas?: boolean | undefined;
  /** What the input costs, in units of 65,536 elements. Default: not known. */
  readonly costUnits?: number | undefined;
  /** W3C Trace Context of the span in which it is sent. */
  readonly traceparent?: string | undefined;
}

/** A request's share of the run that answered it. */
export interface BatchShare {
  /** Rows of this request. */
  readonly rows: number;
  /** Rows that ran together, these among them. */
  readonly batchRows: number;
  /** Whether this request stands for the run in statistics. */
  readonly leads: boolean;
}

/** A request on its way out: its tensors may still be bytes at any address, which saves a forwarder a copy. */
export type OutgoingRequest = DispatchRequest<
  DispatchInput | { readonly kind: 'tensor-bytes'; readonly tensors: readonly TensorBytes[] }
>;

export interface DispatchResult<Output = AnyTensor> {
  /** Of a decoded image. */
  readonly finding?: Finding;
  /** Of tensors: the wanted outputs of the model. */
  readonly tensors?: readonly Output[];
  /** Of a model that wrote, or read texts. */
  readonly generation?: GenerationResult;
  readonly task: string;
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  readonly engine: string;
  /** Milliseconds by phase: `queue`, `preprocess`, `run`, `read`. */
  readonly timings: Readonly<Record<string, number>>;
  readonly batch: BatchShare;
}

/** As it arrives: tensors are bytes that nobody has looked at. */
export interface ReceivedResult extends DispatchResult<TensorBytes> {
  /** How the router chose, as JSON, for who wanted to know. */
  readonly decision?: string;
}

function inputOf(input: OutgoingRequest['input']): { wire: RequestHeader['input']; raw: Uint8Array[] } {
  switch (input.kind) {
    case 'decoded': {
      const { header, samples } = splitDecoded(input.decoded);
      return { wire: { $case: 'decodedJson', value: JSON.stringify(header) }, raw: [samples] };
    }
    case 'tensors':
      return {
        wire: { $case: 'tensors', value: { headers: input.tensors.map(tensorHeader) } },
        raw: input.tensors.map((tensor) => tensorBytes(tensor).bytes),
      };
    case 'tensor-bytes':
      return {
        wire: { $case: 'tensors', value: { headers: input.tensors.map(tensorHeader) } },
        raw: input.tensors.map(({ bytes }) => bytes),
      };
    case 'generation': {
      const parts = input.images.map(splitDecoded);
      const value: GenerationInput = { request: input.request, images: parts.map(({ header }) => header) };
      return {
        wire: { $case: 'generationJson', value: JSON.stringify(value) },
        raw: parts.map(({ samples }) => samples),
      };
    }
    case 'texts': {
      const value: TextsInput = { texts: input.texts };
      return { wire: { $case: 'textsJson', value: JSON.stringify(value) }, raw: [] };
    }
  }
}

/** The request as a frame; the samples are not copied and must not change until there is an answer. */
export function encodeRequest(request: OutgoingRequest, wantsProgress: boolean): FramePayload {
  const { wire, raw } = inputOf(request.input);
  return encodeFrame({
    id: request.id,
    body: {
      $case: 'request',
      value: {
        routing: {
          model: request.model?.name ?? '',
          version: request.model?.version ?? '',
          task: request.task ?? '',
          modality: request.modality ?? '',
          requestClass: toRequestClass(request.class),
          deadlineMs: Math.max(1, Math.min(Math.ceil(request.deadlineMs), 0xffffffff)),
          tenant: request.tenant,
          wantsProgress,
          affinityKey: request.affinityKey ?? '',
          wantsDecision: request.wantsDecision ?? false,
          wantsDeltas: request.wantsDeltas ?? false,
          costUnits: Math.min(Math.ceil(request.costUnits ?? 0), 0xffffffff),
          traceparent: request.traceparent ?? '',
        },
        parametersJson: request.parameters === undefined ? '' : JSON.stringify(request.parameters),
        question: request.question ?? '',
        input: wire,
        outputs: [...(request.outputs ?? [])],
      },
    },
    raw,
  });
}

/** The request of a frame. @throws ServingError `invalid_request` when payloads and headers do not fit. */
export function decodeRequest(frame: Frame): DispatchRequest {
  if (frame.body?.$case !== 'request') throw new ServingError('invalid_request', 'A frame holds no request.');
  const { routing, parametersJson, question, input, outputs } = frame.body.value;
  const named = (text: string | undefined) => (text === undefined || text === '' ? undefined : text);
  const name = named(routing?.model);
  return {
    id: frame.id,
    tenant: routing?.tenant ?? '',
    task: named(routing?.task),
    modality: named(routing?.modality),
    model: name === undefined ? undefined : { name, version: named(routing?.version) },
    class: fromRequestClass(routing?.requestClass ?? 0),
    deadlineMs: routing?.deadlineMs ?? 0,
    parameters: parametersJson === '' ? undefined : (JSON.parse(parametersJson) as Record<string, unknown>),
    question: named(question),
    input: decodeInput(input, frame.raw),
    outputs: outputs.length === 0 ? undefined : outputs,
    affinityKey: named(routing?.affinityKey),
    wantsDecision: routing?.wantsDecision ?? false,
    wantsDeltas: routing?.wantsDeltas ?? false,
    costUnits: routing?.costUnits ?? 0,
    traceparent: named(routing?.traceparent),
  };
}

function decodeInput(input: RequestHeader['input'], raw: readonly Uint8Array[]): DispatchInput {
  switch (input?.$case) {
    case 'decodedJson':
      return { kind: 'decoded', decoded: joinDecoded(JSON.parse(input.value) as DecodedHeader, raw[0]) };
    case 'tensors':
      return { kind: 'tensors', tensors: input.value.headers.map((header, index) => tensorOf(header, raw[index])) };
    case 'generationJson': {
      const { request, images } = JSON.parse(input.value) as GenerationInput;
      return { kind: 'generation', request, images: images.map((header, index) => joinDecoded(header, raw[index])) };
    }
    case 'textsJson':
      return { kind: 'texts', texts: (JSON.parse(input.value) as TextsInput).texts };
    case undefined:
      throw new ServingError('invalid_request', 'A request has no input.');
  }
}

/** The result as a frame; tensors are not copied. */
export function encodeResult(id: string, result: DispatchResult): FramePayload {
  const { finding, generation, model, batch } = result;
  const tensors = result.tensors?.map(tensorBytes);
  const value: ResponseHeader = {
    findingJson: finding === undefined ? '' : JSON.stringify(finding),
    tensors: tensors === undefined ? undefined : { headers: tensors.map(tensorHeader) },
    task: result.task,
    model: model.name,
    version: model.version,
    digest: model.digest,
    engine: result.engine,
    timings: Object.entries(result.timings).map(([name, milliseconds]) => ({ name, milliseconds })),
    rows: batch.rows,
    batchRows: batch.batchRows,
    leadsBatch: batch.leads,
    generationJson: generation === undefined ? '' : JSON.stringify(generation),
  };
  const raw = (tensors ?? []).map(({ bytes }) => bytes);
  return encodeFrame({ id, body: { $case: 'response', value }, raw });
}

export function decodeResult(header: ResponseHeader, { raw, decisionJson }: Frame): ReceivedResult {
  const { findingJson, generationJson, tensors, task, model, version, digest, engine, timings } = header;
  return {
    ...(findingJson === '' ? {} : { finding: JSON.parse(findingJson) as Finding }),
    ...(generationJson === '' ? {} : { generation: JSON.parse(generationJson) as GenerationResult }),
    ...(tensors === undefined
      ? {}
      : { tensors: tensors.headers.map((entry, index) => tensorBytesOf(entry, raw[index])) }),
    task,
    model: { name: model, version, digest },
    engine,
    timings: Object.fromEntries(timings.map(({ name, milliseconds }) => [name, milliseconds])),
    batch: { rows: header.rows, batchRows: header.batchRows, leads: header.leadsBatch },
    ...(decisionJson === '' ? {} : { decision: decisionJson }),
  };
}
