import { WireType, type BinaryReader } from '@bufbuild/protobuf/wire';
import { PARAMETER_LIMIT } from '../../limits';
import type { ParameterValue } from '../../request-parameters';
import { eachField, tooMany } from './fields';

export type Parameters = ReadonlyMap<string, ParameterValue>;

export const NO_PARAMETERS: Parameters = new Map();

/** A whole number that fits stays a number; only a larger one becomes a bigint. */
const whole = (value: bigint | string): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
};

/** `InferParameter`: of several choices the last one counts. */
function readValue(bytes: Uint8Array): ParameterValue | undefined {
  let value: ParameterValue | undefined;
  eachField(bytes, (field, wireType, reader) => {
    if (field === 1 && wireType === WireType.Varint) value = reader.bool();
    else if (field === 2 && wireType === WireType.Varint) value = whole(reader.int64());
    else if (field === 3 && wireType === WireType.LengthDelimited) value = reader.string(true);
    else if (field === 4 && wireType === WireType.Bit64) value = reader.double();
    else if (field === 5 && wireType === WireType.Varint) value = whole(reader.uint64());
    else return false;
    return true;
  });
  return value;
}

/** Adds one entry of a `map<string, InferParameter>`; an entry without a value is left out. @throws ServingError `too_large` */
export function readParameter(reader: BinaryReader, into: Map<string, ParameterValue>): void {
  let name = '';
  let value: ParameterValue | undefined;
  eachField(reader.bytes(), (field, wireType, entry) => {
    if (wireType !== WireType.LengthDelimited) return false;
    if (field === 1) name = entry.string(true);
    else if (field === 2) value = readValue(entry.bytes());
    else return false;
    return true;
  });
  if (value === undefined) return;
  if (into.size >= PARAMETER_LIMIT) throw tooMany('parameters', PARAMETER_LIMIT);
  into.set(name, value);
}
