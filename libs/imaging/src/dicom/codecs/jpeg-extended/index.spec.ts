import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { DECODE_LIMITS } from '../../../limits';
import { decodeDicom } from '../../../decode/decode-dicom';
import { decodeJpegExtended } from '.';

const segment = (marker: number, ...content: number[]): number[] => [
  0xff,
  marker,
  (content.length + 2) >> 8,
  (content.length + 2) & 255,
  ...content,
];

const packed = (bits: string): number[] =>
  Array.from({ length: Math.ceil(bits.length / 8) }, (_, at) =>
    parseInt(bits.slice(8 * at, 8 * at + 8).padEnd(8, '1'), 2),
  ).flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte]));

/** Blocks of one value each, 12 bits, all quantisation steps 1: the DC coefficient of a value is 8 times its distance from the middle. */
function codestream(width: number, height: number, values: readonly number[], restart = 0): Buffer {
  const differences = values.map((value, at) => {
    const before = restart > 0 && at % restart === 0 ? 2048 : (values[at - 1] ?? 2048);
    return 8 * (value - before);
  });
  const blocks = differences.map((value) => {
    const size = value === 0 ? 0 : 32 - Math.clz32(Math.abs(value));
    const bits = value >= 0 ? value : value + 2 ** size - 1;
    return size.toString(2).padStart(4, '0') + (size === 0 ? '' : bits.toString(2).padStart(size, '0')) + '0';
  });
  const scans =
    restart === 0
      ? packed(blocks.join(''))
      : blocks.flatMap((block, at) => [...(at > 0 ? [0xff, 0xd0 + ((at - 1) % 8)] : []), ...packed(block)]);
  const sizes = Array.from({ length: 16 }, (_, size) => size);
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array<number>(64).fill(1)),
    ...segment(0xc1, 12, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0),
    ...segment(0xc4, 0x00, 0, 0, 0, 16, ...Array<number>(12).fill(0), ...sizes),
    ...segment(0xc4, 0x10, 1, ...Array<number>(15).fill(0), 0),
    ...(restart > 0 ? segment(0xdd, 0, restart) : []),
    ...segment(0xda, 1, 1, 0x00, 0, 63, 0),
    ...scans,
    ...[0xff, 0xd9],
  ]);
}

const samplesOf = (bytes: Buffer, width: number, height: number): Uint16Array => {
  const words = decodeJpegExtended(bytes, { width, height, precision: 12 });
  return new Uint16Array(words.buffer, words.byteOffset, words.length / 2);
};

describe('a JPEG of 12 bits', () => {
  it('has the value of each block, cut to the size of the image', () => {
    const samples = samplesOf(codestream(10, 8, [4095, 3]), 10, 8);
    expect(Array.from({ length: 10 }, (_, x) => samples[70 + x])).toEqual([...Array<number>(8).fill(4095), 3, 3]);
  });

  it('begins anew at a restart marker', () => {
    const values = [1000, 2000, 3000];
    const samples = samplesOf(codestream(24, 8, values, 1), 24, 8);
    expect([samples[0], samples[8], samples[16]]).toEqual(values);
  });

  it('is unreadable wherever it is cut, and whatever byte is another one', () => {
    const whole = codestream(16, 16, [1, 4000, 2000, 17]);
    const outcome = (bytes: Buffer): unknown => {
      try {
        return samplesOf(bytes, 16, 16).length;
      } catch (error) {
        return error instanceof ServingError ? error.reason : error;
      }
    };
    for (let length = 2; length < whole.length - 4; length++)
      expect(outcome(whole.subarray(0, length))).toBe('unreadable_image');
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        const bytes = Buffer.from(whole);
        bytes[at] = value;
        expect([256, 'unreadable_image']).toContain(outcome(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});

const FOLDER = resolve(__dirname, '../../../../../../../shared/data/dicom');
if (existsSync(FOLDER)) {
  it.each(['JPGExtended.dcm', 'JPEG-lossy.dcm'])('%s has the samples that DCMTK finds', async (name) => {
    const { decoded } = await decodeDicom(readFileSync(resolve(FOLDER, name)), DECODE_LIMITS);
    const samples = Array.from(decoded.samples);
    // dcmdjpeg 3.6.7: 3,767,007 in all, from 0 to 264.
    expect(Math.abs(samples.reduce((sum, value) => sum + value, 0) - 3_767_007) / samples.length).toBeLessThan(0.01);
    expect([Math.min(...samples.slice(0, 1e5)), samples.reduce((most, value) => Math.max(most, value))]).toEqual([
      0, 264,
    ]);
  });
} else {
  it.skip('the DICOM samples are in ../shared/data/dicom, which this clone does not have', () => undefined);
}
