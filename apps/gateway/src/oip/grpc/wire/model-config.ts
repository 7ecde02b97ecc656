import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  toBinary,
  type DescMessage,
  type JsonValue,
} from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { DESCRIPTOR_SET_PATH } from '@medserve/contracts';
import { FramePayload } from '@medserve/rpc';

let known: DescMessage | undefined;

function modelConfig(): DescMessage {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(DESCRIPTOR_SET_PATH));
  const found = createFileRegistry(set).getMessage('inference.ModelConfig');
  if (found === undefined) throw new Error('The descriptors of the contracts hold no inference.ModelConfig.');
  return found;
}

/**
 * `ModelConfigResponse` from the JSON form of a configuration, by the JSON mapping of protobuf: names in either spelling, 64-bit
 * numbers also as texts, values of enums by name. What `ModelConfig` does not know is left out, and so is a field of it that is
 * not of its type: the rest is what callers ask for.
 */
export function encodeModelConfig(config: Readonly<Record<string, unknown>>): FramePayload {
  const schema = (known ??= modelConfig());
  const fields = Object.entries(config).filter(([name, value]) => isOfItsType(schema, { [name]: value as JsonValue }));
  const message = fromJson(schema, Object.fromEntries(fields) as JsonValue, { ignoreUnknownFields: true });
  return new FramePayload([
    new BinaryWriter()
      .uint32((1 << 3) | WireType.LengthDelimited)
      .bytes(toBinary(schema, message))
      .finish(),
  ]);
}

function isOfItsType(schema: DescMessage, field: JsonValue): boolean {
  try {
    // Ranges of numbers are only looked at when they are written.
    toBinary(schema, fromJson(schema, field, { ignoreUnknownFields: true }));
    return true;
  } catch {
    return false;
  }
}
