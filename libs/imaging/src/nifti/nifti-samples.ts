import type { Rescale, Samples, SampleType } from '@medserve/clinical';

interface Stored {
  readonly bytes: number;
  readonly as: SampleType;
  read(view: DataView, at: number, littleEndian: boolean): number;
}

const TWO_TO_32 = 2 ** 32;

/** Two halves, so that no BigInt is made for each sample. The nearest double, as the product is exact and the sum rounds once. */
function readInt64(view: DataView, at: number, le: boolean, isSigned: boolean): number {
  const [low, high] = le ? [at, at + 4] : [at + 4, at];
  return (isSigned ? view.getInt32(high, le) : view.getUint32(high, le)) * TWO_TO_32 + view.getUint32(low, le);
}

/**
 * `datatype` of nifti1.h: what it takes in the file, and what it becomes. Integers of 32 and 64 bits and doubles become floats, which
 * hold every integer up to 2^24 and round what is larger to 24 bits: NumPy writes 64 bits for whatever small values it was given.
 */
export const NIFTI_DATATYPES: ReadonlyMap<number, Stored> = new Map<number, Stored>([
  [2, { bytes: 1, as: 'uint8', read: (view, at) => view.getUint8(at) }],
  [4, { bytes: 2, as: 'int16', read: (view, at, le) => view.getInt16(at, le) }],
  [8, { bytes: 4, as: 'float32', read: (view, at, le) => view.getInt32(at, le) }],
  [16, { bytes: 4, as: 'float32', read: (view, at, le) => view.getFloat32(at, le) }],
  [64, { bytes: 8, as: 'float32', read: (view, at, le) => view.getFloat64(at, le) }],
  [256, { bytes: 1, as: 'int16', read: (view, at) => view.getInt8(at) }],
  [512, { bytes: 2, as: 'uint16', read: (view, at, le) => view.getUint16(at, le) }],
  [768, { bytes: 4, as: 'float32', read: (view, at, le) => view.getUint32(at, le) }],
  [1024, { bytes: 8, as: 'float32', read: (view, at, le) => readInt64(view, at, le, true) }],
  [1280, { bytes: 8, as: 'float32', read: (view, at, le) => readInt64(view, at, le, false) }],
]);

const MAKE = {
  uint8: (length: number) => new Uint8Array(length),
  int16: (length: number) => new Int16Array(length),
  uint16: (length: number) => new Uint16Array(length),
  float32: (length: number) => new Float32Array(length),
} as const satisfies Record<SampleType, (length: number) => Samples>;

export interface NiftiSamples {
  readonly sampleType: SampleType;
  readonly samples: Samples;
  readonly rescale?: Rescale;
}

/**
 * Reads `count` samples slice by slice. Integers stay as stored, with the scaling beside them; for what becomes float the
 * scaling is applied first, in double precision. Values that are no numbers (background in some tools) become 0.
 *
 * @param scaling `scl_slope`, `scl_inter`; a slope of 0, or one that is not finite, means none
 */
export function readNiftiSamples(
  file: Buffer,
  {
    datatype,
    littleEndian,
    offset,
  }: { readonly datatype: number; readonly littleEndian: boolean; readonly offset: number },
  { slices, area, isReversed }: { readonly slices: number; readonly area: number; readonly isReversed: boolean },
  scaling: Rescale,
): NiftiSamples {
  const stored = NIFTI_DATATYPES.get(datatype) as Stored;
  const hasScaling = Number.isFinite(scaling.slope) && Number.isFinite(scaling.intercept) && scaling.slope !== 0;
  const rescale = hasScaling && (scaling.slope !== 1 || scaling.intercept !== 0) ? scaling : undefined;
  const isFloat = stored.as === 'float32';
  const { slope, intercept } = isFloat && rescale !== undefined ? rescale : { slope: 1, intercept: 0 };
  const samples = MAKE[stored.as](slices * area);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let slice = 0; slice < slices; slice++) {
    let at = offset + (isReversed ? slices - 1 - slice : slice) * area * stored.bytes;
    for (let index = slice * area; index < (slice + 1) * area; index++, at += stored.bytes) {
      const value = stored.read(view, at, littleEndian) * slope + intercept;
      samples[index] = value - value === 0 ? value : 0; // NaN and infinities to 0, without a call for each sample
    }
  }
  return { sampleType: stored.as, samples, ...(rescale !== undefined && !isFloat && { rescale }) };
}
