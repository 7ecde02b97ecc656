import { unreadable } from '../refuse';
import type { DataSet, Element, Span } from './data-set';
import { nativeFrameBytes, type PixelFormat } from './pixel-format';

/** The bytes of one native frame; of a one-bit image all bytes from the one that its first bit is in. */
export function nativeFrame(
  dataSet: DataSet,
  element: Element,
  format: PixelFormat,
  index: number,
): { bytes: Buffer; bit: number } {
  const frameBytes = nativeFrameBytes(format);
  const wanted = Math.ceil(frameBytes * format.frames);
  if (element.length < wanted) {
    throw unreadable(
      `The pixel data holds ${String(element.length)} bytes; rows, columns and frames ask for ${String(wanted)}.`,
    );
  }
  const start = frameBytes * index;
  const first = Math.floor(start);
  const end = Math.ceil(start + frameBytes);
  const bit = (start - first) * 8;
  if (dataSet.littleEndian)
    return { bytes: dataSet.value({ offset: element.offset + first, length: end - first }), bit };
  return { bytes: swapped(dataSet, element, first, end, format), bit };
}

/**
 * Little-endian words out of big-endian ones. Samples of 8 bits or fewer in OW are words too: their bytes come swapped
 * (PS3.5 8.1.1 and A.3).
 */
function swapped(
  dataSet: DataSet,
  element: Element,
  first: number,
  end: number,
  { bitsAllocated }: PixelFormat,
): Buffer {
  if (bitsAllocated <= 8 && element.vr !== 'OW')
    return dataSet.value({ offset: element.offset + first, length: end - first });
  const word = Math.max(2, bitsAllocated / 8);
  const from = first - (first % word);
  const until = Math.min(end + ((word - (end % word)) % word), element.length - (element.length % word));
  const words = Buffer.from(dataSet.value({ offset: element.offset + from, length: until - from }));
  if (words.length < end - from) throw unreadable('The pixel data ends inside a word.');
  if (word === 2) words.swap16();
  else if (word === 4) words.swap32();
  else words.swap64();
  return words.subarray(first - from, end - from);
}

/**
 * The codestream of one encapsulated frame. Fragments are joined by, in this order: being the only frame, being as many as
 * the frames, the basic offset table, or the JPEG start-of-image markers they begin with (PS3.5 A.4).
 */
export function encapsulatedFrame(dataSet: DataSet, element: Element, format: PixelFormat, index: number): Buffer {
  const fragments = element.fragments ?? [];
  if (fragments.length === 0) throw unreadable('The encapsulated pixel data is empty.');
  return join(dataSet, fragmentsOfFrame(dataSet, element, fragments, format.frames, index));
}

function fragmentsOfFrame(
  dataSet: DataSet,
  element: Element,
  fragments: readonly Span[],
  frames: number,
  index: number,
): readonly Span[] {
  if (frames === 1) return fragments;
  if (fragments.length === frames) return fragments.slice(index, index + 1);
  const starts = startsByTable(element, fragments, frames) ?? startsByMarker(dataSet, fragments, frames);
  if (starts === undefined) throw unreadable(`The encapsulated pixel data does not hold ${String(frames)} frames.`);
  return fragments.slice(starts[index], starts[index + 1]);
}

/** Offsets of the table count from the first byte behind the table; an item's head has 8 bytes. */
function startsByTable(
  { offsetTable = [] }: Element,
  fragments: readonly Span[],
  frames: number,
): number[] | undefined {
  const origin = fragments[0];
  if (offsetTable.length !== frames || origin === undefined) return undefined;
  const byOffset = new Map(fragments.map(({ offset }, at) => [offset - origin.offset, at]));
  const starts = offsetTable.map((offset) => byOffset.get(offset));
  return starts.every((start, at) => start !== undefined && (at === 0 ? start === 0 : start > (starts[at - 1] ?? 0)))
    ? (starts as number[])
    : undefined;
}

function startsByMarker(dataSet: DataSet, fragments: readonly Span[], frames: number): number[] | undefined {
  const starts = fragments.flatMap((fragment, at) => {
    const marker = fragment.length < 2 ? 0 : dataSet.value(fragment).readUInt16BE(0);
    return marker === 0xffd8 || marker === 0xff4f ? [at] : [];
  });
  return starts.length === frames && starts[0] === 0 ? starts : undefined;
}

const join = (dataSet: DataSet, spans: readonly Span[]): Buffer => {
  const [only] = spans;
  return spans.length === 1 && only !== undefined
    ? dataSet.value(only)
    : Buffer.concat(spans.map((span) => dataSet.value(span)));
};
