import { endianness } from 'node:os';
import type { Decoded, SampleType, Samples, Window } from '@medserve/clinical';
import { tooLarge } from '../refuse';
import type { Placement } from '../dicom/placement';
import { makeSamples, RANGES } from '../samples';
import { endsOf } from '../recipe/window-function';
import { niftiPlaceOf } from './nifti-place';

/** What was decoded, and what its header says beside the samples. */
export interface Writable {
  readonly decoded: Decoded;
  readonly window?: Window | undefined;
  readonly placement?: Placement | undefined;
}

export interface NiftiFile {
  readonly file: Uint8Array<ArrayBuffer>;
  /** The samples as they were decoded: a part of the file wherever it holds them so. */
  readonly samples: Samples;
}

/** The header, and four bytes that say that no extension follows (nifti1.h); a multiple of 8, as samples need it. */
const HEADER_BYTES = 352;

/** `datatype` and `bitpix`. */
const TYPES: Readonly<Record<SampleType, readonly [number, number]>> = {
  uint8: [2, 8],
  int16: [4, 16],
  float32: [16, 32],
  uint16: [512, 16],
};
const RGB24 = [128, 24] as const;

/** `dim` holds 16 bits with a sign. */
const LONGEST = 32_767;

/** `sform_code`: the coordinates of the scanner. */
const SCANNER_ANAT = 1;

/**
 * Writes what was decoded as one NIfTI-1 file (`.nii`): voxel (i, j, k) is column i, row j, slice k, the samples as they are, with
 * the rescale beside them, and the window as `cal_min` and `cal_max`. Colour is RGB24: of more than 8 bits the highest 8 are kept.
 *
 * @throws ServingError `too_large` for a side that is longer than the format allows
 */
export function writeNifti({ decoded, window, placement }: Writable): NiftiFile {
  const { samples: decodedSamples, sampleType } = decoded;
  const isColour = decoded.kind === 'picture' && decoded.channels === 3;
  const isEightBit = isColour && sampleType !== 'uint8';
  const bytes = isEightBit ? decodedSamples.length : decodedSamples.byteLength;
  const buffer = new ArrayBuffer(HEADER_BYTES + bytes);
  writeHeader(new DataView(buffer), { decoded, window, placement }, isColour ? RGB24 : TYPES[sampleType]);
  const file = new Uint8Array(buffer);
  if (isEightBit) {
    file.set(highestBits(decodedSamples, sampleType), HEADER_BYTES);
    return { file, samples: decodedSamples };
  }
  const samples = viewOf(buffer, sampleType, decodedSamples.length);
  samples.set(decodedSamples);
  return { file, samples };
}

/** Samples lie in a file as they do in memory, so the header is in the machine's order too: its readers go by `sizeof_hdr`. */
const LITTLE = endianness() === 'LE';

function writeHeader(
  view: DataView,
  { decoded, window: asked, placement }: Writable,
  [datatype, bitpix]: readonly [number, number],
): void {
  const isPicture = decoded.kind === 'picture';
  const size = isPicture ? [decoded.width, decoded.height, 1] : [decoded.columns, decoded.rows, decoded.slices];
  if (size.some((length) => length > LONGEST)) {
    throw tooLarge('The image has a side that no NIfTI-1 file can have.', 'side', LONGEST, 'samples');
  }
  const { pixdim, units, srow } = niftiPlaceOf(decoded, placement?.plane);
  const shorts = (at: number, values: readonly number[]): void => {
    values.forEach((value, index) => {
      view.setInt16(at + 2 * index, value, LITTLE);
    });
  };
  const floats = (at: number, values: readonly number[]): void => {
    values.forEach((value, index) => {
      view.setFloat32(at + 4 * index, value, LITTLE);
    });
  };
  view.setInt32(0, 348, LITTLE);
  shorts(40, [3, ...size, 1, 1, 1, 1]);
  shorts(70, [datatype, bitpix]);
  floats(76, [1, ...pixdim, 0, 0, 0, 0]);
  floats(108, [HEADER_BYTES]);
  const { slope, intercept } = decoded.rescale ?? { slope: 1, intercept: 0 };
  floats(112, [slope, intercept]);
  view.setUint8(123, units);
  const window = asked ?? (isPicture ? decoded.window : undefined);
  if (window !== undefined) {
    const { black, white } = endsOf(window);
    floats(124, [white, black]);
  }
  if (srow !== undefined) {
    shorts(254, [SCANNER_ANAT]);
    floats(280, srow.flat());
  }
  [0x6e, 0x2b, 0x31].forEach((letter, index) => {
    view.setUint8(344 + index, letter); // "n+1"
  });
}

function viewOf(buffer: ArrayBuffer, type: SampleType, length: number): Samples {
  switch (type) {
    case 'uint8':
      return new Uint8Array(buffer, HEADER_BYTES, length);
    case 'uint16':
      return new Uint16Array(buffer, HEADER_BYTES, length);
    case 'int16':
      return new Int16Array(buffer, HEADER_BYTES, length);
    case 'float32':
      return new Float32Array(buffer, HEADER_BYTES, length);
  }
}

/** By what wider colour is divided to fit 8 bits: floats of colour are what 32 bits were decoded to; signed ones are clamped. */
const DIVISORS: Readonly<Record<SampleType, number>> = { uint8: 1, int16: 1, uint16: 257, float32: 16_843_009 };

function highestBits(samples: Samples, type: SampleType): Samples {
  const out = makeSamples('uint8', samples.length);
  const divisor = DIVISORS[type];
  const [low, high] = RANGES.uint8;
  for (let at = 0; at < samples.length; at++) {
    out[at] = Math.min(high, Math.max(low, Math.round((samples[at] as number) / divisor)));
  }
  return out;
}
