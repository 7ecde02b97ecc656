import { unreadable } from '../../../refuse';
import type { JpegHeader } from '../../../raster/jpeg-header';
import type { HuffmanTable } from '../jpeg-huffman/huffman-table';

/** One scan of a lossless codestream (T.81, B.2.3 and table H.1). */
export interface ScanHeader {
  readonly components: readonly ScanComponent[];
  /** Which neighbours predict a sample, 1 to 7. */
  readonly selection: number;
  /** Low bits of a sample that are not in the stream. */
  readonly pointTransform: number;
  /** Lines between two restart markers; infinite where there are none. */
  readonly restartLines: number;
}

interface ScanComponent {
  /** Among the samples of a pixel. */
  readonly place: number;
  readonly table: HuffmanTable;
}

/** @throws ServingError `unreadable_image` for a scan that T.81 does not allow, or without its tables */
export function readScanHeader(
  content: Buffer,
  { componentIds, precision, width }: JpegHeader,
  tables: ReadonlyMap<number, HuffmanTable>,
  restartInterval: number,
): ScanHeader {
  const count = content[0] ?? 0;
  if (count < 1 || count > 4 || content.length < 4 + 2 * count) throw damaged();
  const components = Array.from({ length: count }, (_, index) => {
    const place = componentIds.indexOf(content[1 + 2 * index] as number);
    const table = tables.get((content[2 + 2 * index] as number) >> 4);
    if (place < 0 || table === undefined) throw damaged();
    return { place, table };
  });
  const selection = content[1 + 2 * count] as number;
  const pointTransform = (content[3 + 2 * count] as number) & 15;
  // 0 is of hierarchical streams.
  if (selection < 1 || selection > 7 || pointTransform >= precision) throw damaged();
  // H.1.1: intervals are of whole lines.
  if (restartInterval % width !== 0)
    throw unreadable('The JPEG lossless codestream has restart intervals that are no whole lines.');
  const restartLines = restartInterval === 0 ? Infinity : restartInterval / width;
  return { components, selection, pointTransform, restartLines };
}

const damaged = () => unreadable('The JPEG lossless codestream has no usable scan header.');
