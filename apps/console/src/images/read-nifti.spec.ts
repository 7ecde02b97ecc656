import { NiftiError, readNifti } from './read-nifti';

interface Wanted {
  readonly dim?: readonly number[];
  readonly datatype?: number;
  readonly voxOffset?: number;
  readonly slope?: number;
  readonly intercept?: number;
  readonly bytes?: number;
  readonly magic?: string;
}

/** A NIfTI-1 file by the offsets of nifti1.h. */
function file({ dim = [3, 4, 3, 2], datatype = 4, voxOffset = 352, bytes = 48, ...rest }: Wanted = {}): ArrayBuffer {
  const buffer = new ArrayBuffer(voxOffset + bytes);
  const view = new DataView(buffer);
  view.setInt32(0, 348, true);
  dim.forEach((size, axis) => {
    view.setInt16(40 + axis * 2, size, true);
  });
  view.setInt16(70, datatype, true);
  view.setFloat32(108, voxOffset, true);
  view.setFloat32(112, rest.slope ?? 0, true);
  view.setFloat32(116, rest.intercept ?? 0, true);
  Array.from(rest.magic ?? 'n+1\0').forEach((letter, index) => {
    view.setUint8(344 + index, letter.charCodeAt(0));
  });
  return buffer;
}

const faultOf = (buffer: ArrayBuffer): string => {
  try {
    readNifti(buffer);
  } catch (error) {
    if (error instanceof NiftiError) return error.fault;
    throw error;
  }
  return 'none';
};

describe('readNifti', () => {
  it('reads sizes, rescale and samples without copying them', () => {
    const buffer = file({ slope: 2, intercept: -1024 });
    new DataView(buffer).setInt16(352 + 2 * ((1 * 3 + 2) * 4 + 3), -77, true);
    const volume = readNifti(buffer);
    expect(volume).toMatchObject({ columns: 4, rows: 3, slices: 2, samplesPerPixel: 1, slope: 2, intercept: -1024 });
    expect(volume.samples[(1 * 3 + 2) * 4 + 3]).toBe(-77);
    expect(volume.samples.buffer).toBe(buffer);
    expect(volume.nifti).toBe(buffer);
  });

  it.each([
    [2, Uint8Array, 24, 1],
    [4, Int16Array, 48, 1],
    [16, Float32Array, 96, 1],
    [128, Uint8Array, 72, 3],
    [512, Uint16Array, 48, 1],
  ])('reads samples of type %d', (datatype, type, bytes, samplesPerPixel) => {
    const volume = readNifti(file({ datatype, bytes }));
    expect(volume.samples).toBeInstanceOf(type);
    expect(volume.samples).toHaveLength(24 * samplesPerPixel);
    expect(volume.samplesPerPixel).toBe(samplesPerPixel);
  });

  it('takes a flat image, and axes of size one after the third', () => {
    expect(readNifti(file({ dim: [2, 4, 3], bytes: 24 }))).toMatchObject({ columns: 4, rows: 3, slices: 1 });
    expect(readNifti(file({ dim: [5, 4, 3, 2, 1, 1] }))).toMatchObject({ slices: 2 });
  });

  it('takes samples as they are where the file names no slope', () => {
    expect(readNifti(file({ intercept: 5 }))).toMatchObject({ slope: 1, intercept: 0 });
    expect(readNifti(file({ slope: NaN, intercept: 5 }))).toMatchObject({ slope: 1, intercept: 0 });
  });

  it('reads past extensions to where the samples begin', () => {
    const buffer = file({ voxOffset: 384 });
    new DataView(buffer).setInt16(384, 9, true);
    expect(readNifti(buffer).samples[0]).toBe(9);
  });

  it.each([
    ['a file that ends within its header', new ArrayBuffer(100), 'truncated'],
    ['an empty file', new ArrayBuffer(0), 'truncated'],
    ['fewer samples than the header says', file({ bytes: 47 }), 'truncated'],
    ['something else', new ArrayBuffer(4000), 'not_nifti'],
    ['a header whose samples are in another file', file({ magic: 'ni1\0' }), 'not_nifti'],
    ['no axis', file({ dim: [0] }), 'not_nifti'],
    ['an axis without length', file({ dim: [3, 4, 0, 2] }), 'not_nifti'],
    ['an axis of negative length', file({ dim: [3, 4, -3, 2] }), 'not_nifti'],
    ['several volumes', file({ dim: [4, 4, 3, 2, 2], bytes: 96 }), 'unsupported'],
    ['samples of 64 bits', file({ datatype: 64, bytes: 192 }), 'unsupported'],
  ])('refuses %s', (_, buffer, fault) => {
    expect(faultOf(buffer)).toBe(fault);
  });

  it.each([0, 100, 353.5, NaN, -1, 353])('refuses samples that begin at byte %d', (at) => {
    const buffer = file();
    new DataView(buffer).setFloat32(108, at, true);
    expect(faultOf(buffer)).toBe('not_nifti');
  });

  it('refuses big endian files', () => {
    const buffer = file();
    new DataView(buffer).setInt32(0, 348, false);
    expect(faultOf(buffer)).toBe('unsupported');
  });
});
