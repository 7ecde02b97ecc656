import type { Decoded, GenerationDelta, GenerationRequest, GenerationResult } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import {
  decodeFrame,
  decodeResult,
  encodeRequest,
  errorOf,
  toRequestClass,
  type ClassName,
  type DispatchInput,
  type EncodedFrame,
  type IncomingRequest,
  type ReceivedResult,
} from '@medserve/rpc';

/** A conversation of one turn, answered greedily. */
export const conversation = (text: string, change: Partial<GenerationRequest> = {}): GenerationRequest => ({
  turns: [{ role: 'user', parts: [{ kind: 'text', text }] }],
  sampling: { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 },
  stop: [],
  choices: 1,
  format: { kind: 'text' },
  tools: [],
  toolChoice: 'none',
  parallelToolCalls: false,
  ...change,
});

export const generationInput = (request: GenerationRequest, images: readonly Decoded[] = []): DispatchInput => ({
  kind: 'generation',
  request,
  images,
});

export interface IncomingChange {
  readonly class?: ClassName;
  readonly deadlineMs?: number;
  readonly tenant?: string;
  readonly task?: string;
  readonly question?: string;
  readonly wantsDeltas?: boolean;
  readonly input?: DispatchInput;
}

/** A request as a host is given it, and what its caller was sent of it. */
export interface Incoming {
  readonly request: IncomingRequest;
  readonly deltas: GenerationDelta[];
  readonly phases: string[];
  readonly leave: () => void;
}

export function incoming(id: string, change: IncomingChange = {}): Incoming {
  const { class: name = 'routine', deadlineMs = Number.POSITIVE_INFINITY, tenant = 'clinic', task, question } = change;
  const { wantsDeltas = false, input = generationInput(conversation('Hello')) } = change;
  const controller = new AbortController();
  const deltas: GenerationDelta[] = [];
  const phases: string[] = [];
  const request: IncomingRequest = {
    id,
    routing: {
      model: '',
      version: '',
      task: task ?? '',
      modality: '',
      requestClass: toRequestClass(name),
      deadlineMs: 0,
      tenant,
      wantsProgress: false,
      affinityKey: '',
      wantsDecision: false,
      wantsDeltas,
      costUnits: 0,
      traceparent: '',
    },
    bytes: encodeRequest(
      { id, tenant, class: name, deadlineMs: 1, task, question, input, wantsDeltas },
      false,
    ).toBuffer(),
    receivedAtMs: performance.now(),
    deadlineAtMs: performance.now() + deadlineMs,
    signal: controller.signal,
    progress: (phase) => {
      phases.push(phase);
    },
    forward: (bytes) => {
      const { body } = decodeFrame(bytes);
      if (body?.$case === 'delta') deltas.push(JSON.parse(body.value.deltaJson) as GenerationDelta);
    },
  };
  const leave = (): void => {
    controller.abort(new ServingError('cancelled', 'The caller went away.'));
  };
  return { request, deltas, phases, leave };
}

/** What a last frame says. @throws ServingError as the host gave it */
export function resultOf(last: EncodedFrame): ReceivedResult & { readonly generation?: GenerationResult } {
  const frame = decodeFrame(Buffer.isBuffer(last) ? last : last.toBuffer());
  const { body } = frame;
  if (body?.$case === 'failure') throw errorOf(body.value);
  if (body?.$case !== 'response') throw new Error('An answer is neither a response nor a failure.');
  return decodeResult(body.value, frame);
}
