import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { FramePayload, lengthPrefix } from '@medserve/rpc';
import type { OipAnswer } from '../../ports';

const tag = (field: number): number => ((field << 3) | WireType.LengthDelimited) >>> 0;

export type AnswerParameters = Readonly<Record<string, string | boolean>>;

const NONE: AnswerParameters = {};

function writeParameters(writer: BinaryWriter, parameters: AnswerParameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    writer.uint32(tag(4)).fork().uint32(tag(1)).string(name).uint32(tag(2)).fork();
    if (typeof value === 'boolean') writer.uint32((1 << 3) | WireType.Varint).bool(value);
    else writer.uint32(tag(3)).string(value);
    writer.join().join();
  }
}

/** `ModelInferResponse` without its payloads. */
function header(answer: OipAnswer, parameters: AnswerParameters): Uint8Array {
  const writer = new BinaryWriter();
  writer.uint32(tag(1)).string(answer.model);
  writer.uint32(tag(2)).string(answer.version);
  if (answer.id !== undefined) writer.uint32(tag(3)).string(answer.id);
  writeParameters(writer, parameters);
  for (const { name, datatype, shape } of answer.outputs) {
    writer.uint32(tag(5)).fork().uint32(tag(1)).string(name).uint32(tag(2)).string(datatype).uint32(tag(3)).fork();
    for (const size of shape) writer.int64(size);
    writer.join().join();
  }
  return writer.finish();
}

/** The message in parts: payloads are not copied, and must not change until they were sent. */
function parts(answer: OipAnswer, parameters: AnswerParameters): Uint8Array[] {
  const all = [header(answer, parameters)];
  for (const { bytes } of answer.outputs) {
    all.push(lengthPrefix(6, bytes.byteLength), bytes);
  }
  return all;
}

/** `ModelInferResponse`; outputs always as raw contents, whatever form the request had: every client reads them. */
export const encodeAnswer = (answer: OipAnswer): FramePayload => new FramePayload(parts(answer, NONE));

/** `ModelStreamInferResponse` with an answer. */
export function encodeStreamAnswer(answer: OipAnswer, parameters: AnswerParameters): FramePayload {
  const message = parts(answer, parameters);
  const size = message.reduce((sum, part) => sum + part.byteLength, 0);
  return new FramePayload([lengthPrefix(2, size), ...message]);
}

/** `ModelStreamInferResponse` with an error; the response beside it says of which request. */
export function encodeStreamError(error: string, id: string, parameters: AnswerParameters): FramePayload {
  const writer = new BinaryWriter().uint32(tag(1)).string(error).uint32(tag(2)).fork();
  if (id !== '') writer.uint32(tag(3)).string(id);
  writeParameters(writer, parameters);
  return new FramePayload([writer.join().finish()]);
}
