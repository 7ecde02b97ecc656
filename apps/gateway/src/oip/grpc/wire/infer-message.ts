import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ServingError } from '@medserve/errors';
import { DIMENSION_LIMIT, TENSOR_LIMIT } from '../../limits';
import type { ParameterValue } from '../../request-parameters';
import { eachField, pushBounded } from './fields';
import { NO_PARAMETERS, readParameter, type Parameters } from './parameters';

/** `ModelInferRequest` as it came: headers read, payloads still where they were. */
export interface InferMessage {
  readonly model: string;
  /** Empty: the newest. */
  readonly version: string;
  readonly id: string;
  readonly parameters: Parameters;
  readonly inputs: readonly InputMessage[];
  readonly outputs: readonly OutputMessage[];
  /** Views into the message, one for each input, or none. */
  readonly raw: readonly Uint8Array[];
}

export interface InputMessage {
  readonly name: string;
  readonly datatype: string;
  /** As sent: neither whole nor positive is assured. */
  readonly shape: readonly number[];
  readonly parameters: Parameters;
  /** `InferTensorContents`, encoded: what it means depends on the datatype. Empty: none. */
  readonly contents: Uint8Array;
}

export interface OutputMessage {
  readonly name: string;
  readonly parameters: Parameters;
}

/** Of the contents of one tensor: encoders write one. */
const PART_LIMIT = 64;
const NOTHING = new Uint8Array();

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Reads whatever a protobuf encoder may write, packed or not, in any order of fields. The payloads are views into `bytes`,
 * which must not be reused.
 *
 * @throws ServingError `invalid_request` when `bytes` are no `ModelInferRequest`; `too_large` for lists beyond their limits
 */
export function decodeInferMessage(bytes: Uint8Array): InferMessage {
  const parameters = new Map<string, ParameterValue>();
  const inputs: InputMessage[] = [];
  const outputs: OutputMessage[] = [];
  const raw: Uint8Array[] = [];
  const message = { model: '', version: '', id: '', parameters, inputs, outputs, raw };
  try {
    eachField(bytes, (field, wireType, reader) => {
      if (wireType !== WireType.LengthDelimited) return false;
      if (field === 1) message.model = reader.string(true);
      else if (field === 2) message.version = reader.string(true);
      else if (field === 3) message.id = reader.string(true);
      else if (field === 4) readParameter(reader, parameters);
      else if (field === 5) pushBounded(inputs, readInput(reader.bytes()), 'inputs', TENSOR_LIMIT);
      else if (field === 6) pushBounded(outputs, readOutput(reader.bytes()), 'outputs', TENSOR_LIMIT);
      else if (field === 7) pushBounded(raw, reader.bytes(), 'raw_input_contents', TENSOR_LIMIT);
      else return false;
      return true;
    });
  } catch (cause) {
    if (cause instanceof ServingError) throw cause;
    throw new ServingError('invalid_request', 'The message is not a well-formed ModelInferRequest.', { cause });
  }
  return message;
}

function readInput(bytes: Uint8Array): InputMessage {
  const shape: number[] = [];
  const parts: Uint8Array[] = [];
  const input: Mutable<InputMessage> = { name: '', datatype: '', shape, parameters: NO_PARAMETERS, contents: NOTHING };
  const dimension = (reader: BinaryReader): void => {
    pushBounded(shape, Number(reader.int64()), 'dimensions', DIMENSION_LIMIT);
  };
  eachField(bytes, (field, wireType, reader) => {
    if (field === 3 && wireType === WireType.Varint) dimension(reader);
    else if (wireType !== WireType.LengthDelimited) return false;
    else if (field === 1) input.name = reader.string(true);
    else if (field === 2) input.datatype = reader.string(true);
    else if (field === 3) {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) dimension(packed);
    } else if (field === 4) input.parameters = withParameter(input.parameters, reader);
    else if (field === 5) pushBounded(parts, reader.bytes(), 'parts of contents', PART_LIMIT);
    else return false;
    return true;
  });
  // A message that comes in parts is what its parts are one behind the other.
  input.contents = parts.length > 1 ? Buffer.concat(parts) : (parts[0] ?? NOTHING);
  return input;
}

function readOutput(bytes: Uint8Array): OutputMessage {
  const output: Mutable<OutputMessage> = { name: '', parameters: NO_PARAMETERS };
  eachField(bytes, (field, wireType, reader) => {
    if (wireType !== WireType.LengthDelimited) return false;
    if (field === 1) output.name = reader.string(true);
    else if (field === 2) output.parameters = withParameter(output.parameters, reader);
    else return false;
    return true;
  });
  return output;
}

/** Most tensors have no parameters, so a map is made for those that do. */
function withParameter(known: Parameters, reader: BinaryReader): Parameters {
  const parameters =
    known === NO_PARAMETERS ? new Map<string, ParameterValue>() : (known as Map<string, ParameterValue>);
  readParameter(reader, parameters);
  return parameters;
}
