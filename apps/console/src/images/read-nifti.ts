import type { Volume } from './image-set';

export type NiftiFault = 'truncated' | 'not_nifti' | 'unsupported';

/** A file that is not one whole volume as `POST /v1/inspect` writes it; nothing of it is shown. */
export class NiftiError extends Error {
  override readonly name = 'NiftiError';

  constructor(
    readonly fault: NiftiFault,
    message: string,
  ) {
    super(message);
  }
}

const HEADER_BYTES = 348;

/** Header and the four bytes that say whether extensions follow (nifti1.h, "n+1"). */
const FIRST_SAMPLE = 352;

type SampleArray = new (buffer: ArrayBuffer, at: number, length: number) => Volume['samples'];

/** Codes of `datatype` (nifti1.h) that the platform writes; RGB24 is three bytes a voxel, side by side. */
const TYPES: Readonly<
  Record<number, { readonly samples: SampleArray; readonly bytes: number; readonly planes: 1 | 3 }>
> = {
  2: { samples: Uint8Array, bytes: 1, planes: 1 },
  4: { samples: Int16Array, bytes: 2, planes: 1 },
  16: { samples: Float32Array, bytes: 4, planes: 1 },
  128: { samples: Uint8Array, bytes: 1, planes: 3 },
  512: { samples: Uint16Array, bytes: 2, planes: 1 },
};

/**
 * Reads a NIfTI-1 file (nifti1.h, little endian, one file) in place: the samples are a view of `file`.
 * Voxel (i, j, k) is column i, row j and slice k of the coordinates that answers use.
 *
 * @throws NiftiError `not_nifti`, `unsupported` (another type of sample, byte order or more than three axes), `truncated`
 */
export function readNifti(file: ArrayBuffer): Volume {
  if (file.byteLength < HEADER_BYTES) throw new NiftiError('truncated', 'The file ends within its header.');
  const header = new DataView(file, 0, HEADER_BYTES);
  if (header.getInt32(0, false) === HEADER_BYTES)
    throw new NiftiError('unsupported', 'The file is written in big endian order.');
  if (header.getInt32(0, true) !== HEADER_BYTES || !isOneFile(header))
    throw new NiftiError('not_nifti', 'The file is no NIfTI-1 volume in one file.');
  const type = TYPES[header.getInt16(70, true)];
  if (type === undefined) throw new NiftiError('unsupported', 'The samples are of a type that is not shown here.');
  const [columns, rows, slices] = sizes(header);
  const at = header.getFloat32(108, true);
  if (!Number.isInteger(at) || at < FIRST_SAMPLE || at % type.bytes !== 0)
    throw new NiftiError('not_nifti', 'The file does not say where its samples begin.');
  const length = columns * rows * slices * type.planes;
  if (at + length * type.bytes > file.byteLength)
    throw new NiftiError('truncated', 'The file holds fewer samples than its header says.');
  return {
    columns,
    rows,
    slices,
    samplesPerPixel: type.planes,
    samples: new type.samples(file, at, length),
    ...rescale(header),
    nifti: file,
  };
}

const isOneFile = (header: DataView): boolean =>
  ['n', '+', '1', '\0'].every((letter, index) => header.getUint8(344 + index) === letter.charCodeAt(0));

/** `dim`: how many axes there are, then their sizes; axes after the third are of size one. */
function sizes(header: DataView): readonly [number, number, number] {
  const dim = (axis: number): number => header.getInt16(40 + 2 * axis, true);
  const axes = dim(0);
  if (axes < 2 || axes > 7) throw new NiftiError('not_nifti', 'The file does not say how many axes it has.');
  const size = (axis: number): number => (axis > axes ? 1 : dim(axis));
  for (let axis = 4; axis <= axes; axis += 1)
    if (size(axis) > 1) throw new NiftiError('unsupported', 'The file holds more than one volume.');
  const found = [size(1), size(2), size(3)] as const;
  if (found.some((length) => length < 1)) throw new NiftiError('not_nifti', 'An axis of the file has no length.');
  return found;
}

/** `scl_slope` of zero, or either that is no number, means samples as they are (nifti1.h). */
function rescale(header: DataView): { readonly slope: number; readonly intercept: number } {
  const [slope, intercept] = [header.getFloat32(112, true), header.getFloat32(116, true)];
  return Number.isFinite(slope) && Number.isFinite(intercept) && slope !== 0
    ? { slope, intercept }
    : { slope: 1, intercept: 0 };
}
