const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
/** Every node takes it (PS3.5 10.1). */
export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';

/** VRs with a 32-bit length after two reserved bytes (PS3.5 table 7.1-1). */
const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const UNDEFINED_LENGTH = 0xffff_ffff;
const ITEM = 0xe000_fffe;
const HEAD_BYTES = 8;
/** Deeper than any report of ours. */
const MAX_DEPTH = 32;

/**
 * The data set in the transfer syntax that the receiver chose: as it is kept, or in implicit VR little endian, which old archives
 * take and nothing else. Undefined where it cannot be had: it is compressed, or was not written by us.
 */
export function encodeFor(dataSet: Buffer, from: string, to: string): Buffer | undefined {
  if (from === to) return dataSet;
  if (from !== EXPLICIT_LITTLE_ENDIAN || to !== IMPLICIT_LITTLE_ENDIAN) return undefined;
  const parts: Buffer[] = [];
  return isWritten(dataSet, parts, 0) ? Buffer.concat(parts) : undefined;
}

/** Elements lose their VR and have 32-bit lengths (PS3.5 7.1.3); values stay as they are, but for those of sequences. */
function isWritten(dataSet: Buffer, parts: Buffer[], depth: number): boolean {
  let at = 0;
  while (at < dataSet.length) {
    if (at + HEAD_BYTES > dataSet.length || depth > MAX_DEPTH) return false;
    const vr = dataSet.toString('latin1', at + 4, at + 6);
    const isLong = LONG_VRS.has(vr);
    const valueAt = at + (isLong ? 12 : HEAD_BYTES);
    if (!/^[A-Z]{2}$/.test(vr) || valueAt > dataSet.length) return false;
    const length = isLong ? dataSet.readUInt32LE(at + 8) : dataSet.readUInt16LE(at + 6);
    if (length === UNDEFINED_LENGTH || valueAt + length > dataSet.length) return false;
    const value = dataSet.subarray(valueAt, valueAt + length);
    const written = vr === 'SQ' ? itemsOf(value, depth) : value;
    if (written === undefined) return false;
    parts.push(headOf(dataSet.readUInt32LE(at), written.length), written);
    at = valueAt + length;
  }
  return true;
}

/** Items with their lengths, which have changed with what is in them. */
function itemsOf(sequence: Buffer, depth: number): Buffer | undefined {
  const items: Buffer[] = [];
  let at = 0;
  while (at < sequence.length) {
    if (at + HEAD_BYTES > sequence.length || sequence.readUInt32LE(at) !== ITEM) return undefined;
    const end = at + HEAD_BYTES + sequence.readUInt32LE(at + 4);
    const parts: Buffer[] = [];
    if (end > sequence.length || !isWritten(sequence.subarray(at + HEAD_BYTES, end), parts, depth + 1))
      return undefined;
    const item = Buffer.concat(parts);
    items.push(headOf(ITEM, item.length), item);
    at = end;
  }
  return Buffer.concat(items);
}

/** @param tag group in the lower half, as it is read in little endian */
function headOf(tag: number, length: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(tag, 0);
  head.writeUInt32LE(length, 4);
  return head;
}
