import { unreadable } from '../refuse';

/** What is read of a NIfTI-1 or NIfTI-2 header (nifti1.h, nifti2.h), as it stands there; nothing is checked but form. */
export interface NiftiHeader {
  readonly littleEndian: boolean;
  /** `dim[0]`, then the sizes of the axes. As numbers: a size beyond 2^53 has been refused. */
  readonly dim: readonly number[];
  readonly datatype: number;
  readonly bitsPerSample: number;
  /** `pixdim[0]` is `qfac`, then the spacing of the axes. */
  readonly pixdim: readonly number[];
  /** Where the samples begin in the file. */
  readonly voxOffset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly qformCode: number;
  readonly sformCode: number;
  /** `quatern_b, c, d, qoffset_x, y, z`. */
  readonly quatern: readonly number[];
  /** `srow_x`, `srow_y`, `srow_z`, four numbers each. */
  readonly srow: readonly number[];
  readonly units: number;
}

/**
 * @throws ServingError `unreadable_image` for anything that is no single-file NIfTI header, `.hdr`/`.img` pairs included.
 */
export function readNiftiHeader(bytes: Buffer): NiftiHeader {
  if (bytes.length < 348) throw unreadable('The NIfTI header is cut short or damaged.');
  const littleEndian = [348, 540].includes(bytes.readInt32LE(0));
  const size = littleEndian ? bytes.readInt32LE(0) : bytes.readInt32BE(0);
  if (size !== 348 && size !== 540) throw unreadable('The file has no NIfTI header.');
  if (bytes.length < size) throw unreadable('The NIfTI header is cut short.');
  const magic = bytes.toString('latin1', size === 348 ? 344 : 4, size === 348 ? 347 : 7);
  if (magic === 'ni1' || magic === 'ni2')
    throw unreadable('The samples of this NIfTI header are in another file (.img); send one .nii file.');
  if (magic !== (size === 348 ? 'n+1' : 'n+2')) throw unreadable('The file has no NIfTI header.');
  return size === 348 ? first(bytes, littleEndian) : second(bytes, littleEndian);
}

function first(bytes: Buffer, littleEndian: boolean): NiftiHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 348);
  const short = (at: number): number => view.getInt16(at, littleEndian);
  const float = (at: number): number => view.getFloat32(at, littleEndian);
  const many = (count: number, at: number, read: (at: number) => number, step: number): number[] =>
    Array.from({ length: count }, (_, index) => read(at + index * step));
  return {
    littleEndian,
    dim: many(8, 40, short, 2),
    datatype: short(70),
    bitsPerSample: short(72),
    pixdim: many(8, 76, float, 4),
    voxOffset: float(108),
    slope: float(112),
    intercept: float(116),
    units: view.getUint8(123),
    qformCode: short(252),
    sformCode: short(254),
    quatern: many(6, 256, float, 4),
    srow: many(12, 280, float, 4),
  };
}

function second(bytes: Buffer, littleEndian: boolean): NiftiHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 540);
  const double = (at: number): number => view.getFloat64(at, littleEndian);
  const long = (at: number): number => {
    const value = view.getBigInt64(at, littleEndian);
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < 0n)
      throw unreadable('The NIfTI header names an impossible size.');
    return Number(value);
  };
  const many = (count: number, at: number, read: (at: number) => number): number[] =>
    Array.from({ length: count }, (_, index) => read(at + index * 8));
  return {
    littleEndian,
    datatype: view.getInt16(12, littleEndian),
    bitsPerSample: view.getInt16(14, littleEndian),
    dim: many(8, 16, long),
    pixdim: many(8, 104, double),
    voxOffset: long(168),
    slope: double(176),
    intercept: double(184),
    qformCode: view.getInt32(344, littleEndian),
    sformCode: view.getInt32(348, littleEndian),
    quatern: many(6, 352, double),
    srow: many(12, 400, double),
    units: view.getInt32(500, littleEndian),
  };
}
