import type { Picture, Volume } from '@medserve/clinical';
import { decodeNifti } from './decode-nifti';
import { readNiftiHeader } from './nifti-header';
import { writeNifti } from './write-nifti';

const LIMITS = { maxDecodedBytes: 1024 ** 2, maxVoxels: 1024 ** 2 };

/** Two columns, three rows, four slices of a tilted gantry, unevenly spaced. */
const VOLUME: Volume = {
  kind: 'volume',
  columns: 2,
  rows: 3,
  slices: 4,
  sampleType: 'int16',
  samples: Int16Array.from({ length: 24 }, (_, index) => index - 1000),
  rescale: { slope: 2, intercept: -24, unit: 'HU' },
  geometry: {
    spacingMm: { column: 0.5, row: 0.75 },
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    slicePositionsMm: [
      [-10, -20, 30],
      [-10, -19.5, 35],
      [-10, -18, 41],
      [-10, -17, 45],
    ],
  },
};

const picture = (made: Partial<Picture>): Picture => ({
  kind: 'picture',
  width: 2,
  height: 1,
  channels: 1,
  sampleType: 'uint8',
  samples: Uint8Array.of(3, 250),
  ...made,
});

const headerOf = (file: Uint8Array) => readNiftiHeader(Buffer.from(file));

describe('a volume as a file', () => {
  it('is read back as it was: samples, rescale, and every corner in its place', () => {
    const { file, samples } = writeNifti({ decoded: VOLUME });
    expect(samples).toEqual(VOLUME.samples);
    const { volume } = decodeNifti(Buffer.from(file), LIMITS);
    expect(volume.samples).toEqual(VOLUME.samples);
    expect(volume.rescale).toEqual({ slope: 2, intercept: -24 });
    expect(volume.geometry.rowDirection.map((value) => value + 0)).toEqual([1, 0, 0]);
    expect(volume.geometry.columnDirection.map((value) => value + 0)).toEqual([0, 1, 0]);
    expect(volume.geometry.spacingMm).toEqual({ column: 0.5, row: 0.75 });
    const [first, , , last] = volume.geometry.slicePositionsMm;
    expect(first).toEqual([-10, -20, 30]);
    expect(last?.map((value) => Math.round(value * 1000) / 1000)).toEqual([-10, -17, 45]);
  });

  it('has voxel (i, j, k) at column i, row j, slice k, and its affine in RAS', () => {
    const { file } = writeNifti({ decoded: VOLUME });
    const { dim, srow, sformCode, qformCode, units } = headerOf(file);
    expect(dim).toEqual([3, 2, 3, 4, 1, 1, 1, 1]);
    expect([sformCode, qformCode, units]).toEqual([1, 0, 2]);
    expect(srow.map((value) => value + 0)).toEqual([-0.5, 0, 0, 10, 0, -0.75, -1, 20, 0, 0, 5, 30]);
    const view = new DataView(file.buffer);
    expect(view.getInt16(352 + 2 * ((3 * 3 + 1) * 2 + 1), true)).toBe(VOLUME.samples[(3 * 3 + 1) * 2 + 1]);
  });

  it('shows what its header shows: the window is from cal_min to cal_max', () => {
    const { file } = writeNifti({ decoded: VOLUME, window: { centre: 40, width: 81 } });
    const view = new DataView(file.buffer);
    expect([view.getFloat32(128, true), view.getFloat32(124, true)]).toEqual([-0.5, 79.5]);
  });

  it('has the ends of the exact linear function, and for a sigmoid those of the line that rises as it does', () => {
    for (const shape of ['linear-exact', 'sigmoid'] as const) {
      const { file } = writeNifti({ decoded: VOLUME, window: { centre: 40, width: 81, shape } });
      const view = new DataView(file.buffer);
      expect([view.getFloat32(128, true), view.getFloat32(124, true)]).toEqual([-0.5, 80.5]);
    }
  });
});

describe('a picture as a file', () => {
  it('of which nothing is known has steps of 1 in no unit, and no place', () => {
    const { pixdim, units, sformCode, datatype } = headerOf(writeNifti({ decoded: picture({}) }).file);
    expect([pixdim.slice(0, 4), units, sformCode, datatype]).toEqual([[1, 1, 1, 1], 0, 0, 2]);
  });

  it('of which only the spacing is known has that, and no place', () => {
    const decoded = picture({ spacingMm: { row: 0.25, column: 0.5 } });
    const { pixdim, units, sformCode } = headerOf(writeNifti({ decoded }).file);
    expect([pixdim.slice(0, 4), units, sformCode]).toEqual([[1, 0.5, 0.25, 1], 2, 0]);
  });

  it('lies where its header puts its plane', () => {
    const decoded = picture({ spacingMm: { row: 0.25, column: 0.5 } });
    const plane = { origin: [1, 2, 3], rowDirection: [0, 1, 0], columnDirection: [0, 0, -1] } as const;
    const { srow, sformCode } = headerOf(writeNifti({ decoded, placement: { plane } }).file);
    expect(sformCode).toBe(1);
    expect(srow.map((value) => value + 0)).toEqual([0, 0, 1, -1, -0.5, 0, 0, -2, 0, -0.25, 0, 3]);
  });

  it.each([
    ['8 bits as they are', 'uint8', Uint8Array.of(1, 2, 3, 253, 254, 255), [1, 2, 3, 253, 254, 255]],
    ['the highest 8 of 16 bits', 'uint16', Uint16Array.of(0, 257, 65_535, 128, 129, 300), [0, 1, 255, 0, 1, 1]],
    ['the highest 8 of 32 bits', 'float32', Float32Array.of(0, 2 ** 32 - 1, 2 ** 31, 0, 0, 0), [0, 255, 128, 0, 0, 0]],
    ['signed samples, clamped', 'int16', Int16Array.of(-5, 0, 300, 7, 8, 9), [0, 0, 255, 7, 8, 9]],
  ] as const)('in colour holds triplets of red, green and blue: %s', (_, sampleType, samples, expected) => {
    const written = writeNifti({ decoded: picture({ channels: 3, sampleType, samples }) });
    const { datatype, bitsPerSample } = headerOf(written.file);
    expect([datatype, bitsPerSample]).toEqual([128, 24]);
    expect([...written.file.subarray(352)]).toEqual(expected);
    expect(written.samples).toEqual(samples);
  });

  it.each([
    ['uint16', Uint16Array.of(0, 65_535), 512],
    ['int16', Int16Array.of(-32_768, 32_767), 4],
    ['float32', Float32Array.of(0.5, -0.5), 16],
  ] as const)('keeps its samples of %s', (sampleType, samples, datatype) => {
    const written = writeNifti({ decoded: picture({ sampleType, samples }) });
    expect(headerOf(written.file).datatype).toBe(datatype);
    expect(decodeNifti(Buffer.from(written.file), LIMITS).volume.samples).toEqual(samples);
  });

  it('that is longer than the format can say is refused, naming the limit', () => {
    const decoded = picture({ width: 40_000, samples: new Uint8Array(40_000) });
    expect(() => writeNifti({ decoded })).toThrow(
      expect.objectContaining({ reason: 'too_large', limit: 'side: 32767 samples' }) as Error,
    );
  });
});
