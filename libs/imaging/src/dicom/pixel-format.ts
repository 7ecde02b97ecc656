import { ServingError } from '@medserve/errors';
import type { DecodeLimits } from '../limits';
import { tooLarge, unreadable } from '../refuse';
import type { DataSet } from './data-set';
import { TAG } from './tags';

export type Photometric =
  | 'MONOCHROME1'
  | 'MONOCHROME2'
  | 'PALETTE COLOR'
  | 'RGB'
  | 'YBR_FULL'
  | 'YBR_FULL_422'
  | 'YBR_RCT'
  | 'YBR_ICT';

const CHANNELS: Readonly<Record<Photometric, 1 | 3>> = {
  MONOCHROME1: 1,
  MONOCHROME2: 1,
  'PALETTE COLOR': 1,
  RGB: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
  YBR_RCT: 3,
  YBR_ICT: 3,
};

/** The image pixel module (PS3.3 C.7.6.3), checked: what is here can be trusted in arithmetic and allocation. */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly channels: 1 | 3;
  readonly photometric: Photometric;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Colour by plane instead of by pixel. */
  readonly planar: boolean;
  /** Samples are IEEE floats (Float Pixel Data, Double Float Pixel Data). */
  readonly float: boolean;
}

/** The element that holds the pixels. */
export const pixelElementOf = (dataSet: DataSet) =>
  [TAG.pixelData, TAG.floatPixelData, TAG.doubleFloatPixelData]
    .map((tag) => dataSet.elements.get(tag))
    .find((element) => element !== undefined);

/**
 * @throws ServingError `unreadable_image` when the object has no pixel data or contradicts itself; `too_large` past a limit.
 */
export function readPixelFormat(dataSet: DataSet, limits: DecodeLimits): PixelFormat {
  const element = pixelElementOf(dataSet);
  if (element === undefined)
    throw new ServingError(
      'unreadable_image',
      'The DICOM object has no pixel data: it is a report, a plan, a waveform or the like.',
      { remedy: 'Send an object of the study that is an image.' },
    );
  const rows = dataSet.uint16(TAG.rows) ?? 0;
  const columns = dataSet.uint16(TAG.columns) ?? 0;
  if (rows === 0 || columns === 0) throw unreadable('The DICOM object does not say how many rows and columns it has.');
  if (rows * columns > limits.maxPixels) {
    throw tooLarge(
      `A frame has ${String(columns)} x ${String(rows)} pixels.`,
      'pixels',
      limits.maxPixels,
      'pixels of one frame',
    );
  }
  const frames = dataSet.has(TAG.numberOfFrames) ? dataSet.decimal(TAG.numberOfFrames) : 1;
  if (frames === undefined || !Number.isInteger(frames) || frames < 1) {
    throw unreadable('The number of frames is not a positive whole number.');
  }
  const most = dataSet.has(TAG.totalPixelMatrixColumns) ? limits.maxTiles : limits.maxFrames;
  if (frames > most) throw tooLarge(`The object has ${String(frames)} frames.`, 'frames', most, 'frames');
  const photometric = photometricOf(dataSet);
  const channels = dataSet.uint16(TAG.samplesPerPixel) ?? 1;
  if (CHANNELS[photometric] !== channels) {
    throw unreadable(`${photometric} does not go with ${String(channels)} samples per pixel.`);
  }
  const float = element.tag !== TAG.pixelData;
  return {
    rows,
    columns,
    frames,
    channels: CHANNELS[photometric],
    photometric,
    float,
    ...bitsOf(dataSet, float, element.tag),
    ...planarOf(dataSet),
  };
}

function photometricOf(dataSet: DataSet): Photometric {
  const code = dataSet.code(TAG.photometricInterpretation);
  if (code === undefined) throw unreadable('The DICOM object does not name its photometric interpretation.');
  if (!Object.hasOwn(CHANNELS, code)) throw unreadable('The photometric interpretation is not one that is read here.');
  return code as Photometric;
}

function bitsOf(dataSet: DataSet, float: boolean, tag: number) {
  if (float) {
    const bits = tag === TAG.floatPixelData ? (32 as const) : (64 as const);
    return { bitsAllocated: bits, bitsStored: bits, highBit: bits - 1, signed: true };
  }
  const bitsAllocated = dataSet.uint16(TAG.bitsAllocated);
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw unreadable(`${String(bitsAllocated ?? 'An unnamed number of')} bits allocated are not read here.`);
  }
  const bitsStored = dataSet.uint16(TAG.bitsStored) ?? bitsAllocated;
  const highBit = dataSet.uint16(TAG.highBit) ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit + 1 < bitsStored) {
    throw unreadable('The bits stored do not fit the bits allocated.');
  }
  return { bitsAllocated, bitsStored, highBit, signed: dataSet.uint16(TAG.pixelRepresentation) === 1 } as const;
}

const planarOf = (dataSet: DataSet) => ({ planar: dataSet.uint16(TAG.planarConfiguration) === 1 });

/** Bytes of one native frame, not rounded: one-bit frames may end inside a byte. */
export function nativeFrameBytes({ rows, columns, channels, bitsAllocated, photometric }: PixelFormat): number {
  // Chroma of two neighbours is stored once (PS3.3 C.7.6.3.1.2).
  const samples = photometric === 'YBR_FULL_422' ? 2 : channels;
  return (rows * columns * samples * bitsAllocated) / 8;
}

/** Bytes of one frame once decoded. */
export function decodedFrameBytes({
  rows,
  columns,
  channels,
  bitsAllocated,
  signed,
  photometric,
}: PixelFormat): number {
  const isWide = bitsAllocated > 16;
  const sample = isWide ? 4 : bitsAllocated === 16 || signed ? 2 : 1;
  return rows * columns * (photometric === 'PALETTE COLOR' ? 3 : channels) * sample;
}
