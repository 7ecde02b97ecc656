import { TAG } from '../tags';
import type { DataSetOut, ElementOut } from './element';
import { encodeValue } from './encode-value';
import { textEncodingOf, type TextEncoding } from './encode-text';
import { unwritable } from './unwritable';
import { inOtherByteOrder, LONG_VRS } from './vr';

/** Transfer syntaxes of uncompressed objects; implicit VR is little endian only. */
export interface WrittenEncoding {
  readonly implicitVr: boolean;
  readonly littleEndian: boolean;
}

const EXPLICIT_LITTLE_ENDIAN: WrittenEncoding = { implicitVr: false, littleEndian: true };
const MAX_SHORT_BYTES = 0xfffe;
const MAX_DEPTH = 32;

/**
 * A data set (PS3.5 section 7): elements in the order of their tags, all lengths defined and even, texts in the data set's own
 * Specific Character Set.
 *
 * @throws ServingError `internal` where a value does not fit its VR or that character set
 */
export function writeDataSet(dataSet: DataSetOut, encoding: WrittenEncoding = EXPLICIT_LITTLE_ENDIAN): Buffer {
  const writer = new Writer(encoding, textEncodingOf(characterSetOf(dataSet)));
  writer.dataSet(dataSet, 0);
  return Buffer.concat(writer.parts);
}

/** The value of Specific Character Set, where there is one value. */
function characterSetOf(dataSet: DataSetOut): string | undefined {
  const element = dataSet.get(TAG.specificCharacterSet);
  if (element === undefined) return undefined;
  // Some senders fill it up with zeros, as only UIDs are.
  if ('bytes' in element) return element.bytes.toString('latin1').replaceAll('\0', '').trim();
  return 'value' in element && typeof element.value === 'string' ? element.value : undefined;
}

const NOTHING = Buffer.alloc(0);

class Writer {
  /** In their order, to be joined once: an item of an item is not copied for each that it is in. */
  readonly parts: Buffer[] = [];

  constructor(
    private readonly encoding: WrittenEncoding,
    private readonly text: TextEncoding,
  ) {}

  /** @returns how many bytes it is */
  dataSet(dataSet: DataSetOut, depth: number): number {
    if (depth > MAX_DEPTH) throw unwritable('Sequences are nested too deeply.');
    let bytes = 0;
    for (const tag of [...dataSet.keys()].sort((one, other) => one - other))
      bytes += this.element(tag, dataSet.get(tag) as ElementOut, depth);
    return bytes;
  }

  private element(tag: number, element: ElementOut, depth: number): number {
    return this.headed(
      () => ('items' in element ? this.items(element.items, depth) : this.add(this.value(element))),
      (length) => this.head(tag, element.vr, length),
    );
  }

  private items(items: readonly DataSetOut[], depth: number): number {
    let bytes = 0;
    for (const item of items)
      bytes += this.headed(
        () => this.dataSet(item, depth + 1),
        (length) => this.shortHead(TAG.item, length),
      );
    return bytes;
  }

  /** What stands before a body says how long that is. @returns how long both are */
  private headed(body: () => number, headOf: (length: number) => Buffer): number {
    const at = this.parts.push(NOTHING) - 1;
    const length = body();
    const head = headOf(length);
    this.parts[at] = head;
    return head.length + length;
  }

  private add(bytes: Buffer): number {
    this.parts.push(bytes);
    return bytes.length;
  }

  private value(element: Exclude<ElementOut, { items: unknown }>): Buffer {
    const isCopied = 'bytes' in element && element.vr === 'SQ';
    const isUsual = this.encoding.littleEndian && !this.encoding.implicitVr;
    if (isCopied && !isUsual)
      throw unwritable('A sequence of ready bytes can stand in explicit VR little endian only.');
    const bytes = encodeValue(element, this.text);
    return this.encoding.littleEndian ? bytes : inOtherByteOrder(element.vr, bytes);
  }

  private head(tag: number, vr: string, length: number): Buffer {
    if (this.encoding.implicitVr) return this.shortHead(tag, length);
    const isLong = LONG_VRS.has(vr);
    // What is too long for the length of its VR goes as unknown (PS3.5 6.2.2, note 5).
    if (!isLong && length > MAX_SHORT_BYTES) return this.head(tag, 'UN', length);
    const head = Buffer.allocUnsafe(isLong ? 12 : 8);
    this.tag(head, tag);
    head.write(vr, 4, 'latin1');
    this.uint16(head, isLong ? 0 : length, 6);
    if (isLong) this.uint32(head, length, 8);
    return head;
  }

  /** Of an item, and of what is in implicit VR. */
  private shortHead(tag: number, length: number): Buffer {
    const head = Buffer.allocUnsafe(8);
    this.tag(head, tag);
    this.uint32(head, length, 4);
    return head;
  }

  private tag(into: Buffer, tag: number): void {
    this.uint16(into, tag >>> 16, 0);
    this.uint16(into, tag & 0xffff, 2);
  }

  private uint16(into: Buffer, value: number, at: number): void {
    if (this.encoding.littleEndian) into.writeUInt16LE(value, at);
    else into.writeUInt16BE(value, at);
  }

  private uint32(into: Buffer, value: number, at: number): void {
    if (this.encoding.littleEndian) into.writeUInt32LE(value, at);
    else into.writeUInt32BE(value, at);
  }
}
