import { BinaryReader, type WireType } from '@bufbuild/protobuf/wire';
import { ServingError } from '@medserve/errors';

/**
 * Reads a message field by field; what `read` does not know it leaves to be skipped, by returning false.
 *
 * @throws whatever the reader throws of bytes that are no message
 */
export function eachField(
  bytes: Uint8Array,
  read: (field: number, wireType: WireType, reader: BinaryReader) => boolean,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!read(field, wireType, reader)) reader.skip(wireType, field);
  }
}

/**
 * Adds to a list that the sender fills: two bytes on the wire are enough for an entry, which is much larger in memory.
 *
 * @throws ServingError `too_large`
 */
export function pushBounded<T>(list: T[], entry: T, name: string, limit: number): void {
  if (list.length >= limit) throw tooMany(name, limit);
  list.push(entry);
}

export const tooMany = (name: string, limit: number): ServingError =>
  new ServingError('too_large', `There are too many ${name}.`, { field: name, limit: `${name}: ${String(limit)}` });
