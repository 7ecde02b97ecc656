import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { axisCode, sampleVolumesMl, type Volume } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { reorient } from '../recipe/steps/reorient';
import { decodeNifti, type NiftiLimits } from './decode-nifti';
import { looksLikeNifti } from './looks-like-nifti';

const LIMITS: NiftiLimits = { maxDecodedBytes: 256 * 1024 ** 2, maxVoxels: 64 * 1024 ** 2 };
const SHARED = join(__dirname, '..', '..', '..', '..', '..', 'shared', 'data');
const onSharedData = existsSync(SHARED) ? it : it.skip;
const because = existsSync(SHARED) ? '' : ' (skipped: the shared test data is not beside the project)';
const shared = (...path: string[]): Buffer => readFileSync(join(SHARED, ...path));

interface Made {
  dim?: number[];
  datatype?: number;
  bits?: number;
  slope?: number;
  intercept?: number;
  srow?: number[];
  pixdim?: number[];
  quatern?: number[];
  codes?: [qform: number, sform: number];
  voxOffset?: number;
  magic?: string;
  samples?: Buffer;
}

/** NIfTI-1, little endian, 2 x 3 x 4 samples of int16 unless said otherwise. */
function nifti(made: Made = {}): Buffer {
  const header = Buffer.alloc(352);
  header.writeInt32LE(348, 0);
  (made.dim ?? [3, 2, 3, 4, 1, 1, 1, 1]).forEach((value, index) => header.writeInt16LE(value, 40 + 2 * index));
  header.writeInt16LE(made.datatype ?? 4, 70);
  header.writeInt16LE(made.bits ?? 16, 72);
  (made.pixdim ?? [1, 1, 1, 1, 0, 0, 0, 0]).forEach((value, index) => header.writeFloatLE(value, 76 + 4 * index));
  header.writeFloatLE(made.voxOffset ?? 352, 108);
  header.writeFloatLE(made.slope ?? 0, 112);
  header.writeFloatLE(made.intercept ?? 0, 116);
  header.writeUInt8(2, 123);
  const [qform, sform] = made.codes ?? [0, 1];
  header.writeInt16LE(qform, 252);
  header.writeInt16LE(sform, 254);
  (made.quatern ?? [0, 0, 0, 0, 0, 0]).forEach((value, index) => header.writeFloatLE(value, 256 + 4 * index));
  (made.srow ?? [-2, 0, 0, 10, 0, -3, 0, 20, 0, 0, 4, 30]).forEach((value, index) =>
    header.writeFloatLE(value, 280 + 4 * index),
  );
  header.write(made.magic ?? 'n+1\0', 344, 'latin1');
  const samples = made.samples ?? Buffer.from(Int16Array.from({ length: 24 }, (_, index) => index - 5).buffer);
  return Buffer.concat([header, samples]);
}

const refusal = (bytes: Buffer, limits = LIMITS): ServingError => {
  try {
    decodeNifti(bytes, limits);
  } catch (thrown) {
    if (thrown instanceof ServingError) return thrown;
    throw thrown;
  }
  throw new Error('it was accepted');
};

describe('decodeNifti', () => {
  it('reads samples slice by slice and turns the axes to DICOM: left, posterior, superior', () => {
    const { volume, facts } = decodeNifti(nifti(), LIMITS);
    expect([volume.columns, volume.rows, volume.slices]).toEqual([2, 3, 4]);
    expect([...volume.samples.subarray(0, 3)]).toEqual([-5, -4, -3]);
    expect(volume.geometry.rowDirection.map((value) => value + 0)).toEqual([1, 0, 0]);
    expect(volume.geometry.columnDirection.map((value) => value + 0)).toEqual([0, 1, 0]);
    expect(volume.geometry.slicePositionsMm[1]).toEqual([-10, -20, 34]);
    expect(volume.geometry.spacingMm).toEqual({ column: 2, row: 3 });
    expect(facts).toEqual({ container: 'nifti', dimensions: 3, width: 2, height: 3, depth: 4, channels: 1 });
  });

  it('makes the same volume of the same samples in all 48 orders and directions of their axes', () => {
    const size = [2, 3, 4] as const;
    const steps = [
      [-2, 0, 0],
      [0, 0.3, -3],
      [0, 4, 0.4],
    ] as const;
    const orders = [0, 1, 2].flatMap((a) => [0, 1, 2].filter((b) => b !== a).map((b) => [a, b, 3 - a - b]));
    const stored = orders.flatMap((order) => Array.from({ length: 8 }, (_, flips) => storedAs(order, flips)));
    /** The same 24 values, axes in another order, those of `flips` from their other end. */
    function storedAs(order: readonly number[], flips: number): Volume {
      const isFlipped = (axis: number): boolean => ((flips >> axis) & 1) === 1;
      const dims = order.map((axis) => size[axis] as number);
      const values = new Int16Array(24);
      for (let at = 0; at < 24; at++) {
        const index = [at % dims[0]!, Math.floor(at / dims[0]!) % dims[1]!, Math.floor(at / (dims[0]! * dims[1]!))];
        const place = [0, 0, 0];
        order.forEach((axis, k) => (place[axis] = isFlipped(axis) ? size[axis]! - 1 - index[k]! : index[k]!));
        values[at] = place[0]! + 2 * place[1]! + 6 * place[2]!;
      }
      const origin = [10, 20, 30].map((start, row) =>
        [0, 1, 2].reduce((sum, axis) => sum + (isFlipped(axis) ? steps[axis]![row]! * (size[axis]! - 1) : 0), start),
      );
      const srow = [0, 1, 2].flatMap((row) => [
        ...order.map((axis) => steps[axis]![row]! * (isFlipped(axis) ? -1 : 1)),
        origin[row]!,
      ]);
      const file = nifti({ dim: [3, ...dims, 1, 1, 1, 1], srow, samples: Buffer.from(values.buffer) });
      const placement = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
      return reorient.apply({ image: decodeNifti(file, LIMITS).volume, placement }, { to: 'LPS' }).image as Volume;
    }
    const [expected] = stored;
    expect(stored).toHaveLength(48);
    for (const volume of stored) {
      expect([volume.columns, volume.rows, volume.slices]).toEqual([2, 4, 3]);
      expect([...volume.samples]).toEqual([...(expected?.samples ?? [])]);
      volume.geometry.slicePositionsMm.forEach((position, slice) => {
        position.forEach((mm, axis) => {
          expect(mm).toBeCloseTo(expected?.geometry.slicePositionsMm[slice]?.[axis] ?? NaN, 4);
        });
      });
    }
  });

  it('says which of its slices each slice of the volume is', () => {
    expect(decodeNifti(nifti(), LIMITS).slices.map(({ frame }) => frame)).toEqual([1, 2, 3, 4]);
    const upsideDown = nifti({ srow: [-2, 0, 0, 10, 0, -3, 0, 20, 0, 0, -4, 30] });
    expect(decodeNifti(upsideDown, LIMITS).slices.map(({ frame }) => frame)).toEqual([4, 3, 2, 1]);
  });

  it('reverses slices that run against the normal, samples and positions together', () => {
    const { volume } = decodeNifti(nifti({ srow: [2, 0, 0, 0, 0, -3, 0, 0, 0, 0, 4, 0] }), LIMITS);
    expect(axisCode(volume.geometry)).toBe('RPI');
    expect(volume.samples[0]).toBe(18 - 5);
    expect(volume.geometry.slicePositionsMm.map(([, , z]) => z)).toEqual([12, 8, 4, 0]);
  });

  it('keeps the scaling of integers beside them, and applies it to floats', () => {
    expect(decodeNifti(nifti({ slope: 2, intercept: -3 }), LIMITS).volume.rescale).toEqual({ slope: 2, intercept: -3 });
    const samples = Buffer.from(Float64Array.from({ length: 24 }, (_, index) => (index === 1 ? NaN : index)).buffer);
    const { volume } = decodeNifti(nifti({ datatype: 64, bits: 64, slope: 2, intercept: -3, samples }), LIMITS);
    expect(volume.rescale).toBeUndefined();
    expect([...volume.samples.subarray(0, 3)]).toEqual([-3, 0, 1]);
  });

  it.each<[string, number, readonly bigint[], readonly number[]]>([
    ['int32', 8, [-(2n ** 31n), -7n, 2n ** 24n - 1n], [-(2 ** 31), -7, 2 ** 24 - 1]],
    ['uint32', 768, [2n ** 31n, 7n, 2n ** 24n + 1n], [2 ** 31, 7, 2 ** 24]],
    ['int64', 1024, [-(2n ** 63n), -7n, -(2n ** 40n) - 2n ** 20n], [-(2 ** 63), -7, -(2 ** 40) - 2 ** 20]],
    ['uint64', 1280, [2n ** 63n, 7n, 2n ** 40n + 2n ** 20n], [2 ** 63, 7, 2 ** 40 + 2 ** 20]],
  ])('reads %s as floats: every value up to 2^24, the nearest float beyond', (_, datatype, values, expected) => {
    const bytes = datatype < 1024 ? 4 : 8;
    const samples = Buffer.alloc(24 * bytes);
    values.forEach((value, index) => {
      if (bytes === 4) samples.writeUInt32LE(Number(BigInt.asUintN(32, value)), 4 * index);
      else samples.writeBigUInt64LE(BigInt.asUintN(64, value), 8 * index);
    });
    const { volume } = decodeNifti(nifti({ datatype, bits: 8 * bytes, samples }), LIMITS);
    expect(volume.sampleType).toBe('float32');
    expect([...volume.samples.subarray(0, 4)]).toEqual([...expected, 0]);
  });

  it.each([0, NaN, Infinity])('takes a slope of %d as none', (slope) => {
    expect(decodeNifti(nifti({ slope, intercept: 7 }), LIMITS).volume.rescale).toBeUndefined();
  });

  it('follows the quaternion where there is no sform', () => {
    const quatern = [0, 0, 1, -4, -5, 6]; // half a turn about z: both in-plane axes change their sign
    const { volume } = decodeNifti(nifti({ codes: [1, 0], quatern, pixdim: [1, 2, 3, 4, 0, 0, 0, 0] }), LIMITS);
    expect(axisCode(volume.geometry)).toBe('LPS');
    expect(volume.geometry.slicePositionsMm[1]).toEqual([4, 5, 10]);
    const turned = decodeNifti(nifti({ codes: [1, 0], quatern, pixdim: [-1, 2, 3, 4, 0, 0, 0, 0] }), LIMITS).volume;
    expect(turned.geometry.slicePositionsMm.map(([, , z]) => z)).toEqual([-6, -2, 2, 6]);
  });

  it('has voxels as small as those of a light microscope, in micrometres', () => {
    const file = nifti({ srow: [0.5, 0, 0, 0, 0, 0.4, 0, 0, 0, 0, 0.3, 0] });
    file.writeUInt8(3, 123);
    const { geometry } = decodeNifti(file, LIMITS).volume;
    expect(geometry.spacingMm.column).toBeCloseTo(0.0005, 9);
    expect(geometry.spacingMm.row).toBeCloseTo(0.0004, 9);
    expect(geometry.sliceThicknessMm).toBeCloseTo(0.0003, 9);
  });

  it('takes the axes as right, anterior, superior where the header says nothing', () => {
    const { volume } = decodeNifti(nifti({ codes: [0, 0], pixdim: [1, 2, 3, 4, 0, 0, 0, 0] }), LIMITS);
    expect(axisCode(volume.geometry)).toBe('RAS');
  });

  it.each<[string, Made, string]>([
    ['more samples than the file has', { dim: [3, 200, 300, 40, 1, 1, 1, 1] }, 'unreadable_image'],
    ['sizes of 32,767 along seven axes', { dim: [7, 32767, 32767, 32767, 32767, 32767, 32767, 32767] }, 'too_large'],
    ['sizes of 32,767 along three axes', { dim: [3, 32767, 32767, 32767, 1, 1, 1, 1] }, 'too_large'],
    ['a negative size', { dim: [3, -2, 3, 4, 1, 1, 1, 1] }, 'unreadable_image'],
    ['no axes', { dim: [0, 2, 3, 4, 1, 1, 1, 1] }, 'unreadable_image'],
    ['several volumes', { dim: [4, 2, 3, 2, 2, 1, 1, 1] }, 'too_large'],
    ['floats of 128 bits', { datatype: 1536, bits: 128 }, 'unsupported_media'],
    ['complex samples', { datatype: 32, bits: 64 }, 'unsupported_media'],
    ['a datatype and a bitpix that differ', { bits: 8 }, 'unreadable_image'],
    ['samples inside the header', { voxOffset: 12 }, 'unreadable_image'],
    ['samples beyond the file', { voxOffset: 1e30 }, 'unreadable_image'],
    ['samples at no number', { voxOffset: NaN }, 'unreadable_image'],
    ['an affine that is no number', { srow: Array<number>(12).fill(NaN) }, 'unreadable_image'],
    ['an affine that flattens', { srow: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0] }, 'unreadable_image'],
    ['samples in another file', { magic: 'ni1\0' }, 'unreadable_image'],
    ['no magic', { magic: 'abc\0' }, 'unreadable_image'],
  ])('refuses a header with %s', (_, made, reason) => {
    expect(refusal(nifti(made)).reason).toBe(reason);
    expect(refusal(gzipSync(nifti(made))).reason).toBe(reason);
  });

  it('names the limit that a volume exceeds', () => {
    expect(refusal(nifti(), { ...LIMITS, maxVoxels: 23 }).limit).toBe('maxVoxels: 23 samples');
    expect(refusal(nifti(), { ...LIMITS, maxDecodedBytes: 47 }).reason).toBe('too_large');
  });

  it('never opens a gzip file further than its header promises', () => {
    const bomb = gzipSync(Buffer.concat([nifti(), Buffer.alloc(64 * 1024 ** 2)]));
    expect(refusal(bomb).reason).toBe('too_large');
  });

  it('refuses a header that promises what the gzip file expands to only as a bomb', () => {
    const vast = gzipSync(
      nifti({ dim: [3, 512, 512, 320, 1, 1, 1, 1], datatype: 2, bits: 8, samples: Buffer.alloc(512 * 512 * 320) }),
      { level: 9 },
    );
    expect(
      refusal(vast, { ...LIMITS, maxVoxels: 2 ** 28, maxDecodedBytes: 2 ** 29, maxExpansionRatio: 100 }).limit,
    ).toBe('maxExpansionRatio: 100 times');
  });

  it('refuses a gzip file that is cut short or damaged', () => {
    const whole = gzipSync(nifti({ samples: Buffer.from(Array.from({ length: 48 }, (_, i) => (i * 97) % 251)) }));
    expect(refusal(whole.subarray(0, whole.length - 20)).reason).toBe('unreadable_image');
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 60, 90);
    expect(refusal(damaged).reason).toBe('unreadable_image');
  });

  it('answers any bytes with a volume or a typed refusal', () => {
    const seed = nifti();
    const zipped = gzipSync(seed);
    fc.assert(
      fc.property(
        fc.constantFrom(seed, zipped),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(500),
        (base, changes, cut) => {
          const bytes = Buffer.from(base.subarray(0, base.length - (cut > 450 ? cut - 450 : 0)));
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          looksLikeNifti(bytes);
          try {
            const { volume } = decodeNifti(bytes, LIMITS);
            expect(volume.samples).toHaveLength(volume.slices * volume.rows * volume.columns);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ServingError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('looksLikeNifti', () => {
  it('knows both versions, plain and in gzip, and nothing else', () => {
    expect(looksLikeNifti(nifti())).toBe(true);
    expect(looksLikeNifti(gzipSync(nifti()))).toBe(true);
    expect(looksLikeNifti(Buffer.alloc(400))).toBe(false);
    expect(looksLikeNifti(Buffer.from('short'))).toBe(false);
    expect(looksLikeNifti(gzipSync(Buffer.from('a log file, rotated')))).toBe(false);
    expect(looksLikeNifti(gzipSync(nifti(), { level: constants.Z_NO_COMPRESSION }))).toBe(true);
  });
});

describe(`real volumes${because}`, () => {
  onSharedData('reads a big-endian volume', () => {
    const { volume } = decodeNifti(shared('nifti', 'anatomical.nii'), LIMITS);
    expect([volume.columns, volume.rows, volume.slices]).toEqual([33, 41, 25]);
    expect(axisCode(volume.geometry)).toBe('LAI'); // LAS in the file, turned to run along the normal
  });

  onSharedData('refuses NIfTI-1 and NIfTI-2 files of several volumes', () => {
    expect(refusal(shared('nifti', 'example4d.nii.gz')).reason).toBe('too_large');
    expect(refusal(shared('nifti', 'example_nifti2.nii.gz')).reason).toBe('too_large');
  });

  onSharedData('reads the first volume of the NIfTI-2 file once it is said to be the only one', () => {
    const bytes = gunzipSync(shared('nifti', 'example_nifti2.nii.gz'));
    bytes.writeBigInt64LE(1n, 16 + 4 * 8);
    const { volume } = decodeNifti(bytes, LIMITS);
    expect([volume.columns, volume.rows, volume.slices]).toEqual([32, 20, 12]);
    expect(sampleVolumesMl(volume.geometry)?.[0]).toBeCloseTo((2 * 2 * 2.2) / 1000, 4);
    expect(axisCode(volume.geometry)).toMatch(/^LA/);
  });

  onSharedData(
    'knows the orientation that each of eight files was stored in, up to the direction of its slices',
    () => {
      for (const name of ['AIL', 'ASR', 'IRP', 'LAS', 'LPS', 'PIR', 'RAS', 'SLA']) {
        const { volume }: { volume: Volume } = decodeNifti(shared('nifti-orientations', `${name}.nii.gz`), LIMITS);
        expect(axisCode(volume.geometry).slice(0, 2)).toBe(name.slice(0, 2));
        expect(volume.rescale?.slope).toBeCloseTo(0.36296, 4);
      }
    },
  );
});
