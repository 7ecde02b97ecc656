import { unreadable } from '../../refuse';
import type { DataSet, Element } from '../data-set';
import { vrOf } from '../dictionary/dictionary';
import { TAG } from '../tags';
import type { DataSetOut, ElementOut } from './element';
import { inOtherByteOrder, LONG_VRS } from './vr';

const UNDEFINED_LENGTH = 0xffffffff;
const MAX_DEPTH = 16;

/**
 * Elements of a data set as they stand there, to be written into another: values byte for byte (numbers turned into little endian),
 * sequences with all that is in them. Absent ones are left out; texts keep their encoding, so Specific Character Set goes along.
 *
 * @throws ServingError `unreadable_image` where a sequence is damaged
 */
export function copyElements(from: DataSet, tags: Iterable<number>): DataSetOut {
  const copied = new Map<number, ElementOut>();
  for (const tag of tags) {
    const element = from.elements.get(tag);
    if (element !== undefined) copied.set(tag, copyElement(from, element));
  }
  return copied;
}

function copyElement(from: DataSet, element: Element): ElementOut {
  const { tag, vr, offset, length } = element;
  // What is of unknown VR is in little endian, whatever surrounds it (PS3.5 6.2.2).
  const source = new Source(from.bytes, from.littleEndian || vr === 'UN');
  const isUnknown = vr === undefined || vr === 'UN';
  const found = isUnknown ? vrOf(tag, from.uint16(TAG.pixelRepresentation) === 1) : vr;
  if (found !== 'SQ' && element.items === undefined) return source.value(found, offset, offset + length);
  return { vr: 'SQ', items: source.items(offset, offset + length, isUnknown, 0).items };
}

/** Reads what the ordinary reader steps over: the inside of sequences that pixels do not need. */
class Source {
  constructor(
    private readonly bytes: Buffer,
    private readonly littleEndian: boolean,
  ) {}

  value(vr: string, start: number, end: number): ElementOut {
    const bytes = this.bytes.subarray(start, end);
    return { vr, bytes: this.littleEndian ? bytes : inOtherByteOrder(vr, bytes) };
  }

  items(start: number, end: number, implicitVr: boolean, depth: number): { items: DataSetOut[]; next: number } {
    if (depth > MAX_DEPTH) throw unreadable('A DICOM sequence that has to be copied is nested too deeply.');
    const items: DataSetOut[] = [];
    let at = start;
    while (at < end) {
      this.need(at, 8, end);
      const tag = this.tag(at);
      const length = this.uint32(at + 4);
      at += 8;
      if (tag === TAG.sequenceDelimitation) break;
      if (tag !== TAG.item) throw damaged();
      const itemEnd = length === UNDEFINED_LENGTH ? end : this.need(at, length, end);
      const { dataSet, next } = this.dataSet(at, itemEnd, implicitVr, depth);
      items.push(dataSet);
      at = next;
    }
    return { items, next: at };
  }

  private dataSet(
    start: number,
    end: number,
    implicitVr: boolean,
    depth: number,
  ): { dataSet: DataSetOut; next: number } {
    const dataSet = new Map<number, ElementOut>();
    let at = start;
    while (at < end) {
      this.need(at, 8, end);
      const tag = this.tag(at);
      if (tag === TAG.itemDelimitation) return { dataSet, next: at + 8 };
      const { vr, length, valueAt, isUnknown } = this.head(tag, at, end, implicitVr);
      if (length === UNDEFINED_LENGTH || vr === 'SQ') {
        const valueEnd = length === UNDEFINED_LENGTH ? end : this.need(valueAt, length, end);
        const { items, next } = this.items(valueAt, valueEnd, isUnknown, depth + 1);
        dataSet.set(tag, { vr: 'SQ', items });
        at = length === UNDEFINED_LENGTH ? next : valueEnd;
      } else {
        at = this.need(valueAt, length, end);
        dataSet.set(tag, this.value(vr, valueAt, at));
      }
    }
    return { dataSet, next: end };
  }

  private head(
    tag: number,
    at: number,
    end: number,
    implicitVr: boolean,
  ): { vr: string; length: number; valueAt: number; isUnknown: boolean } {
    const stated = implicitVr ? '' : this.bytes.toString('latin1', at + 4, at + 6);
    if (!/^[A-Z]{2}$/.test(stated)) {
      return { vr: vrOf(tag), length: this.uint32(at + 4), valueAt: at + 8, isUnknown: true };
    }
    const isUnknown = stated === 'UN';
    // A sequence of unknown VR is encoded in implicit VR, whatever surrounds it (PS3.5 6.2.2, note 2).
    const vr = isUnknown ? vrOf(tag) : stated;
    if (!LONG_VRS.has(stated)) return { vr, length: this.uint16(at + 6), valueAt: at + 8, isUnknown };
    this.need(at, 12, end);
    return { vr, length: this.uint32(at + 8), valueAt: at + 12, isUnknown };
  }

  /** Where so many bytes end that have to be there. */
  private need(at: number, count: number, end: number): number {
    if (count > end - at) throw damaged();
    return at + count;
  }

  private tag(at: number): number {
    return this.uint16(at) * 0x10000 + this.uint16(at + 2);
  }

  private uint16(at: number): number {
    return this.littleEndian ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  private uint32(at: number): number {
    return this.littleEndian ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }
}

const damaged = () => unreadable('A DICOM sequence that has to be copied is damaged.');
