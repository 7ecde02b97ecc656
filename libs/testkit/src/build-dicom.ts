/**
 * Writes small DICOM objects for tests: what the sample files do not have, and what nobody should send.
 */
export type Value = number | readonly number[] | string | Buffer | readonly DicomItem[];
export type DicomItem = Readonly<Record<number, readonly [vr: string, value: Value]>>;

const LONG = new Set(['OB', 'OW', 'OF', 'SQ', 'UN', 'UT']);

/** A data set in explicit VR little endian, its elements in the order of their tags. */
export function dataSetBytes(elements: DicomItem): Buffer {
  const tags = Object.keys(elements)
    .map(Number)
    .sort((a, b) => a - b);
  return Buffer.concat(tags.map((tag) => elementBytes(tag, ...(elements[tag] as readonly [string, Value]))));
}

export function elementBytes(tag: number, vr: string, value: Value): Buffer {
  const body = padded(valueBytes(vr, value), vr);
  const head = Buffer.alloc(LONG.has(vr) ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (LONG.has(vr)) head.writeUInt32LE(body.length, 8);
  else head.writeUInt16LE(body.length, 6);
  return Buffer.concat([head, body]);
}

function valueBytes(vr: string, value: Value): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'string') return Buffer.from(value, 'latin1');
  if (vr === 'SQ') return Buffer.concat((value as readonly DicomItem[]).map((item) => itemBytes(dataSetBytes(item))));
  const numbers = typeof value === 'number' ? [value] : (value as readonly number[]);
  if (vr === 'DS' || vr === 'IS') return Buffer.from(numbers.join('\\'), 'latin1');
  return Buffer.from(vr === 'SS' ? Int16Array.from(numbers).buffer : Uint16Array.from(numbers).buffer);
}

const padded = (body: Buffer, vr: string): Buffer =>
  body.length % 2 === 0 ? body : Buffer.concat([body, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ', 'latin1')]);

export function itemBytes(body: Buffer, tag = 0xfffee000): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** A Part 10 file around a data set. */
export function dicomFile(dataSet: DicomItem | Buffer, transferSyntax = '1.2.840.10008.1.2.1'): Buffer {
  const body = Buffer.isBuffer(dataSet) ? dataSet : dataSetBytes(dataSet);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), elementBytes(0x00020010, 'UI', transferSyntax), body]);
}

/** Encapsulated pixel data: an empty offset table and one fragment for each codestream. */
export function encapsulated(...codestreams: readonly Buffer[]): Buffer {
  const head = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const items = codestreams.map((stream) => itemBytes(padded(stream, 'OB')));
  return Buffer.concat([head, itemBytes(Buffer.alloc(0)), ...items, itemBytes(Buffer.alloc(0), 0xfffee0dd)]);
}

/** The attributes of a 16-bit greyscale image, with any of them replaced or added. */
export function image(rows: number, columns: number, more: DicomItem = {}): DicomItem {
  return {
    0x00080060: ['CS', 'MR'],
    0x0020000e: ['UI', '1.2.3.4'],
    0x00280002: ['US', 1],
    0x00280004: ['CS', 'MONOCHROME2'],
    0x00280010: ['US', rows],
    0x00280011: ['US', columns],
    0x00280100: ['US', 16],
    0x00280101: ['US', 16],
    0x00280102: ['US', 15],
    0x00280103: ['US', 0],
    ...more,
  };
}

export const words = (...values: readonly number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
