import { withoutPadding } from '../padding';
import { TAG } from '../tags';
import type { FoundValue } from './walk-data-set';

export interface AnnouncedPixels {
  /** In one frame, of what is not encapsulated; undefined where the header announces no image. */
  readonly bytes: number | undefined;
  readonly frames: number;
}

/** Samples a pixel of native chroma subsampling takes on average (PS3.3 C.7.6.3.1.2). */
const SUBSAMPLED: Readonly<Record<string, number>> = {
  YBR_FULL_422: 2,
  YBR_PARTIAL_422: 2,
  YBR_PARTIAL_420: 1.5,
};

/** How many bytes of pixels a header announces: Rows x Columns x samples x bits x frames. */
export function announcedPixels(values: ReadonlyMap<number, FoundValue>, littleEndian: boolean): AnnouncedPixels {
  const uint16 = (tag: number): number | undefined => {
    const bytes = values.get(tag)?.bytes;
    if (bytes === undefined || bytes.length < 2) return undefined;
    return littleEndian ? bytes.readUInt16LE() : bytes.readUInt16BE();
  };
  const text = (tag: number): string => withoutPadding(values.get(tag)?.bytes.toString('latin1') ?? '').trim();
  const frames = Math.max(Number.parseInt(text(TAG.numberOfFrames), 10) || 1, 1);
  const [rows, columns, bits] = [uint16(TAG.rows), uint16(TAG.columns), uint16(TAG.bitsAllocated)];
  if (rows === undefined || columns === undefined || bits === undefined) return { bytes: undefined, frames };
  const samples = SUBSAMPLED[text(TAG.photometricInterpretation)] ?? uint16(TAG.samplesPerPixel) ?? 1;
  return { bytes: Math.ceil((rows * columns * samples * bits * frames) / 8), frames };
}
