import { randomUUID } from 'node:crypto';
import type { AnyTensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { z } from 'zod';
import type { TensorSpec } from '../engine';
import { bytesOf, jsonOf, tensorIn, tensorOfJson } from './tensor-bytes';

/** By it a body is JSON of so many bytes, and then the tensors one after the other ("Binary tensor data extension"). */
export const HEADER_LENGTH = 'inference-header-content-length';

export interface InferMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The request for a run, its tensors behind the JSON. */
export function binaryRequest(feeds: readonly AnyTensor[], wanted: readonly TensorSpec[]): InferMessage {
  const tensors = feeds.map(bytesOf);
  const header = Buffer.from(
    JSON.stringify({
      // Optional by the specification; KServe's own server fails without.
      id: randomUUID(),
      inputs: feeds.map(({ name, datatype, shape }, index) => ({
        name,
        datatype,
        shape,
        parameters: { binary_data_size: tensors[index]?.byteLength ?? 0 },
      })),
      outputs: wanted.map(({ name }) => ({ name, parameters: { binary_data: true } })),
    }),
  );
  return {
    headers: { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: String(header.byteLength) },
    body: Buffer.concat([header, ...tensors]),
  };
}

/** The same for servers that know JSON alone. @throws ServingError `invalid_request` for numbers that JSON has not */
export function jsonRequest(feeds: readonly AnyTensor[], wanted: readonly TensorSpec[]): InferMessage {
  const inputs = feeds.map(
    (feed) =>
      `{"name":${JSON.stringify(feed.name)},"datatype":"${feed.datatype}","shape":${JSON.stringify(feed.shape)},"data":${jsonOf(feed)}}`,
  );
  const outputs = JSON.stringify(wanted.map(({ name }) => ({ name })));
  return {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(`{"id":"${randomUUID()}","inputs":[${inputs.join(',')}],"outputs":${outputs}}`),
  };
}

const answerSchema = z.object({
  outputs: z
    .array(
      z.object({
        name: z.string(),
        datatype: z.string(),
        shape: z.array(z.int().min(0)).max(64),
        parameters: z.looseObject({ binary_data_size: z.int().min(0).optional() }).nullish(),
        data: z.unknown().optional(),
      }),
    )
    .max(1_024),
});

const wrong = (cause?: unknown): ServingError =>
  new ServingError('inference_failed', 'The server of the pool answers with what is no inference response.', { cause });

/** Integers beyond 2^53 as bigint: as they are written, not as the nearest number. */
function exactly(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isLarge = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  const source = context?.source ?? '';
  return isLarge && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

function parseAnswer(text: string, isExact: boolean): z.infer<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text, isExact ? exactly : undefined));
  } catch (error) {
    throw wrong(error);
  }
}

/**
 * The tensors that were wanted, in the order wanted, whether they came as JSON or behind it.
 *
 * @param headerLength as the server told it; absent: the whole body is JSON
 * @throws ServingError `inference_failed` when the answer is not what was wanted
 */
export function readAnswer(body: Buffer, headerLength: string | undefined, wanted: readonly TensorSpec[]): AnyTensor[] {
  const jsonBytes = headerLength === undefined ? body.byteLength : Number(headerLength);
  if (!Number.isInteger(jsonBytes) || jsonBytes < 0 || jsonBytes > body.byteLength) throw wrong();
  const isExact = wanted.some(({ datatype }) => datatype === 'INT64' || datatype === 'UINT64');
  const { outputs } = parseAnswer(body.toString('utf8', 0, jsonBytes), isExact);
  const found = new Map<string, AnyTensor>();
  let at = jsonBytes;
  for (const { name, datatype, shape, parameters, data } of outputs) {
    const size = parameters?.binary_data_size;
    const bytes = size === undefined ? undefined : body.subarray(at, at + size);
    at += size ?? 0;
    if (at > body.byteLength) throw wrong();
    const spec = wanted.find((output) => output.name === name);
    if (!spec) continue;
    const fits =
      spec.shape.length === shape.length && spec.shape.every((most, axis) => most < 0 || most === shape[axis]);
    if (spec.datatype !== datatype || !fits || found.has(name)) throw wrong();
    found.set(name, bytes ? tensorIn(bytes, spec, shape) : tensorOfJson(data, spec, shape));
  }
  return wanted.map(({ name }) => {
    const tensor = found.get(name);
    if (!tensor) throw new ServingError('inference_failed', 'The model left out an output.');
    return tensor;
  });
}
