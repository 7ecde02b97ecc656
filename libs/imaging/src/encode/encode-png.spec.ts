import type { Volume } from '@medserve/clinical';
import { DECODE_LIMITS } from '../limits';
import { decodeRaster } from '../raster/decode-raster';
import { pictureOf } from '../recipe/testing';
import { encodePng } from './encode-png';

const decoded = async (files: readonly Uint8Array[]) =>
  Promise.all(files.map((file) => decodeRaster(Buffer.from(file), 'png', DECODE_LIMITS)));

/** Slices of two pixels: black, and ten times the number of the slice. */
const volume = (slices: number): Volume => ({
  kind: 'volume',
  slices,
  rows: 1,
  columns: 2,
  sampleType: 'int16',
  samples: Int16Array.from({ length: 2 * slices }, (_, at) => (at % 2 === 0 ? 0 : 10 * Math.floor(at / 2))),
  geometry: {
    spacingMm: { row: 1, column: 1 },
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    slicePositionsMm: [],
  },
});

describe('encodePng', () => {
  it('gives 8-bit pictures as they are, grey and in colour', async () => {
    const grey = pictureOf(2, 1, Uint8Array.of(7, 200));
    const colour = pictureOf(2, 1, Uint8Array.of(1, 2, 3, 250, 240, 230));
    for (const picture of [grey, colour]) {
      const [back] = await decoded(await encodePng(picture, 1));
      expect(back).toMatchObject({ width: 2, height: 1, channels: picture.channels });
      expect([...(back?.samples ?? [])]).toEqual([...picture.samples]);
    }
  });

  it('shows deep values through the window of the header', async () => {
    const picture = pictureOf(3, 1, Int16Array.of(-1_000, 0, 1_000), { window: { centre: 0.5, width: 2_001 } });
    const [back] = await decoded(await encodePng(picture, 1));
    expect([...(back?.samples ?? [])]).toEqual([0, 128, 255]);
  });

  it('gives of a volume the middles of equal parts, all through one window', async () => {
    const files = await decoded(await encodePng(volume(9), 3));
    expect(files.map(({ width, height }) => [width, height])).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
    const shades = files.map(({ samples }) => samples[1] as number);
    // Of slices 1, 4 and 7, whose values are 10, 40 and 70 where 80 is white.
    expect(shades).toEqual([32, 128, 223]);
    expect(files.map(({ samples }) => samples[0])).toEqual([0, 0, 0]);
  });

  it('gives no more files of a volume than there are slices', async () => {
    expect(await encodePng(volume(2), 8)).toHaveLength(2);
  });
});
