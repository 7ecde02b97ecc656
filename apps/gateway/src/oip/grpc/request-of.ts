import { ServingError } from '@medserve/errors';
import { tensorBytesOf, type CallContext, type TensorBytes } from '@medserve/rpc';
import { PATIENT_KEY, readPatientKey } from '../../privacy/patient-key';
import { DEFAULT_LIMITS } from '../../infer/limits';
import type { OipRequest, WantedOutput } from '../ports';
import { readRequestParameters } from '../request-parameters';
import type { InferMessage, InputMessage, OutputMessage } from './wire/infer-message';
import type { Parameters } from './wire/parameters';
import { rawOfContents } from './wire/typed-contents';

const invalid = (field: string, detail: string): ServingError => new ServingError('invalid_request', detail, { field });

/**
 * From the message to the request behind every door.
 *
 * @param context its deadline and that of the parameter `timeout`: the earlier one holds
 * @throws ServingError `invalid_request`, `too_large`, `unsupported`, `deadline_exceeded`
 */
export function requestOf(message: InferMessage, context: Pick<CallContext, 'deadlineAtMs' | 'metadata'>): OipRequest {
  const parameters = readRequestParameters(withoutStreamWish(message.parameters));
  const [idempotencyKey] = context.metadata.get('idempotency-key');
  return {
    model: message.model,
    version: named(message.version),
    id: named(message.id),
    inputs: inputsOf(message),
    outputs: message.outputs.map(outputOf),
    ...parameters,
    deadlineMs: Math.min(parameters.deadlineMs, leftOf(context.deadlineAtMs)),
    idempotencyKey: typeof idempotencyKey === 'string' ? named(idempotencyKey) : undefined,
    patientKey: readPatientKey(context.metadata.get(PATIENT_KEY)[0]),
  };
}

/** Streaming clients ask by this for a mark of the last answer, which every answer of a stream carries here. */
const FINAL_MARK = 'triton_enable_empty_final_response';

function withoutStreamWish(parameters: Parameters): Parameters {
  if (!parameters.has(FINAL_MARK)) return parameters;
  return new Map([...parameters].filter(([name]) => name !== FINAL_MARK));
}

const named = (text: string): string | undefined => (text === '' ? undefined : text);

function leftOf(deadlineAtMs: number): number {
  const left = Math.floor(deadlineAtMs - Date.now());
  if (left < 1) throw new ServingError('deadline_exceeded', 'The deadline passed before the request was read.');
  return left;
}

/** All raw or all typed: a mixture says nothing about which raw content is whose. */
function inputsOf({ inputs, raw }: InferMessage): TensorBytes[] {
  const isTyped = raw.length === 0;
  if (!isTyped && inputs.some(({ contents }) => contents.byteLength > 0)) {
    throw invalid('raw_input_contents', 'A request has either raw contents for all inputs, or typed ones.');
  }
  if (!isTyped && inputs.length !== raw.length) {
    throw invalid('raw_input_contents', 'There are not as many raw contents as inputs.');
  }
  return inputs.map((input, index) => {
    refuseSharedMemory(input.parameters);
    return tensorBytesOf(
      { name: input.name, datatype: input.datatype, shape: [...input.shape] },
      isTyped ? typed(input) : raw[index],
    );
  });
}

const typed = ({ datatype, contents }: InputMessage): Uint8Array =>
  rawOfContents(datatype, contents, DEFAULT_LIMITS.bodyBytes);

function outputOf({ name, parameters }: OutputMessage): WantedOutput {
  refuseSharedMemory(parameters);
  const classes = parameters.get('classification');
  if (classes === undefined) return { name };
  const count = typeof classes === 'boolean' ? Number.NaN : Number(classes);
  if (Number.isSafeInteger(count) && count >= 0) return count === 0 ? { name } : { name, classes: count };
  throw invalid('outputs.parameters.classification', 'The number of classes is not a whole number of zero or more.');
}

function refuseSharedMemory(parameters: Parameters): void {
  if (parameters.has('shared_memory_region')) {
    throw new ServingError('unsupported', 'Tensors in shared memory are not taken; send them in the request.');
  }
}
