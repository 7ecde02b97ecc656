import { dicomFile, image, type DicomItem } from '@medserve/testkit';
import { DECODE_LIMITS } from '../limits';
import { decodeDicom } from '../decode/decode-dicom';
import type { View } from './view';

const WIDTH = 7;
const HEIGHT = 5;
const TILE = { rows: 2, columns: 3 };
const ACROSS = Math.ceil(WIDTH / TILE.columns);
const DOWN = Math.ceil(HEIGHT / TILE.rows);

const long = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeInt32LE(value);
  return out;
};

/** Each pixel says where it is: 10 x row + column, in all three channels. What hangs over the edge is 99. */
const tile = (row: number, column: number): Buffer =>
  Buffer.from(
    Array.from({ length: TILE.rows * TILE.columns }, (_, at) => {
      const [x, y] = [column * TILE.columns + (at % TILE.columns), row * TILE.rows + Math.floor(at / TILE.columns)];
      const value = x < WIDTH && y < HEIGHT ? 10 * y + x : 99;
      return [value, value, value];
    }).flat(),
  );

const places = Array.from({ length: DOWN }, (_, row) =>
  Array.from({ length: ACROSS }, (__, column) => ({ row, column })),
).flat();

function slide(tiles: readonly { readonly row: number; readonly column: number }[], more: DicomItem = {}): Buffer {
  return dicomFile(
    image(TILE.rows, TILE.columns, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.77.1.6'],
      0x00080060: ['CS', 'SM'],
      0x00280002: ['US', 3],
      0x00280004: ['CS', 'RGB'],
      0x00280006: ['US', 0],
      0x00280008: ['IS', tiles.length],
      0x00280100: ['US', 8],
      0x00280101: ['US', 8],
      0x00280102: ['US', 7],
      0x00480006: ['UL', long(WIDTH)],
      0x00480007: ['UL', long(HEIGHT)],
      0x52009229: ['SQ', [{ 0x00289110: ['SQ', [{ 0x00280030: ['DS', [0.0005, 0.0005]] }]] }]],
      0x7fe00010: ['OB', Buffer.concat(tiles.map(({ row, column }) => tile(row, column)))],
      ...more,
    }),
  );
}

const full = slide(places, { 0x00209311: ['CS', 'TILED_FULL'] });

const sparse = (tiles: typeof places): Buffer =>
  slide(tiles, {
    0x00209311: ['CS', 'TILED_SPARSE'],
    0x52009230: [
      'SQ',
      tiles.map(({ row, column }) => ({
        0x0048021a: [
          'SQ',
          [
            {
              0x0048021e: ['SL', long(column * TILE.columns + 1)],
              0x0048021f: ['SL', long(row * TILE.rows + 1)],
            },
          ],
        ],
      })),
    ],
  });

const decode = async (file: Buffer, view?: View, limits = DECODE_LIMITS) => {
  const found = await decodeDicom(file, limits, undefined, view);
  if (found.decoded.kind !== 'picture') throw new Error('no picture');
  const { width, height, samples, spacingMm } = found.decoded;
  const red = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => samples[3 * (y * width + x)]),
  );
  return { ...found, red, spacingMm };
};

const expected = (left: number, top: number, width: number, height: number) =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => 10 * (top + y) + left + x));

describe('a slide in tiles', () => {
  it('is put together of all its tiles, cut at its edge', async () => {
    const { red, facts, spacingMm, viewed } = await decode(full);
    expect(red).toEqual(expected(0, 0, WIDTH, HEIGHT));
    expect(facts).toMatchObject({ dimensions: 2, width: WIDTH, height: HEIGHT, dicom: { modality: 'SM' } });
    expect(spacingMm).toEqual({ row: 0.0005, column: 0.0005 });
    expect(viewed).toBeUndefined();
  });

  it('gives any region of it', async () => {
    for (const [x, y, width, height] of [
      [0, 0, 1, 1],
      [2, 1, 3, 3],
      [6, 4, 1, 1],
      [1, 0, 6, 5],
    ] as const) {
      const { red, viewed } = await decode(full, { region: { x, y, width, height } });
      expect(red).toEqual(expected(x, y, width, height));
      expect(viewed).toEqual({ region: { x, y, width, height, level: 0, downsample: 1 } });
    }
  });

  it('may have its tiles in any order, where each says where it lies', async () => {
    expect((await decode(sparse([...places].reverse()))).red).toEqual(expected(0, 0, WIDTH, HEIGHT));
  });

  it('is of its first optical path alone, and of one focal plane, however its tiles are ordered', async () => {
    const tiles = [
      { row: 0, column: 0, path: 'A', depth: 0 },
      { row: 0, column: 1, path: 'B', depth: 0 },
      { row: 1, column: 0, path: 'A', depth: 5 },
      { row: 1, column: 0, path: 'A', depth: 0 },
      { row: 0, column: 1, path: 'A', depth: 0 },
      { row: 1, column: 1, path: 'B', depth: 0 },
    ];
    const pixels = tiles.map(({ row, column, path, depth }) => {
      const seen = tile(row, column);
      return path === 'A' && depth === 0 ? seen : Buffer.alloc(seen.length, 77);
    });
    const { red } = await decode(
      slide(tiles, {
        0x00209311: ['CS', 'TILED_SPARSE'],
        0x52009230: [
          'SQ',
          tiles.map(({ row, column, path, depth }) => ({
            0x0048021a: [
              'SQ',
              [
                {
                  0x0040074a: ['DS', depth],
                  0x0048021e: ['SL', long(column * TILE.columns + 1)],
                  0x0048021f: ['SL', long(row * TILE.rows + 1)],
                },
              ],
            ],
            0x00480207: ['SQ', [{ 0x00480106: ['SH', path] }]],
          })),
        ],
        0x7fe00010: ['OB', Buffer.concat(pixels)],
      }),
    );
    expect(red.map((row) => row.slice(0, 6))).toEqual([
      [0, 1, 2, 3, 4, 5],
      [10, 11, 12, 13, 14, 15],
      [20, 21, 22, 255, 255, 255],
      [30, 31, 32, 255, 255, 255],
      [255, 255, 255, 255, 255, 255],
    ]);
  });

  it('may be one part of several (a concatenation), whose tiles go on where those of the part before ended', async () => {
    const second = slide(places.slice(ACROSS), {
      0x00209161: ['UI', '1.2.3.4.5'],
      0x00209228: ['UL', long(ACROSS)],
      0x00209311: ['CS', 'TILED_FULL'],
    });
    const inside = { x: 1, y: 2, width: 6, height: 3 };
    expect((await decode(second, { region: inside })).red).toEqual(expected(1, 2, 6, 3));
    for (const view of [undefined, { region: { x: 0, y: 1, width: 1, height: 1 } }]) {
      await expect(decode(second, view)).rejects.toMatchObject({
        reason: 'unreadable_image',
        message: expect.stringContaining('another part') as string,
      });
    }
  });

  it('is bright where it was not scanned', async () => {
    const { red } = await decode(sparse([{ row: 0, column: 0 }]));
    expect(red[0]).toEqual([0, 1, 2, 255, 255, 255, 255]);
    const beside = { region: { x: 5, y: 4, width: 1, height: 1 } };
    await expect(decode(sparse([{ row: 0, column: 0 }]), beside)).rejects.toMatchObject({ reason: 'unreadable_image' });
  });

  it('gives one of its tiles by its number', async () => {
    const { red, viewed } = await decode(full, { frame: 2 });
    expect(red).toEqual(expected(3, 0, 3, 2));
    expect(viewed).toEqual({ frame: 2 });
  });

  it.each<[string, Buffer, View, string]>([
    ['a region beyond its edge', full, { region: { x: 6, y: 0, width: 2, height: 1 } }, 'invalid_request'],
    [
      'a level that it does not have',
      full,
      { region: { x: 0, y: 0, width: 1, height: 1, level: 1 } },
      'invalid_request',
    ],
    ['a frame that it does not have', full, { frame: 10 }, 'invalid_request'],
    ['fewer tiles than it needs', slide(places.slice(1), { 0x00209311: ['CS', 'TILED_FULL'] }), {}, 'unreadable_image'],
    ['tiles that do not say where they lie', slide(places), {}, 'unreadable_image'],
  ])('is refused with %s', async (_, file, view, reason) => {
    await expect(decode(file, view)).rejects.toMatchObject({ reason });
  });

  it('has limits: of what is decoded at once, and of its tiles', async () => {
    await expect(decode(full, {}, { ...DECODE_LIMITS, maxPixels: 34 })).rejects.toMatchObject({ reason: 'too_large' });
    await expect(decode(full, {}, { ...DECODE_LIMITS, maxTiles: 8 })).rejects.toMatchObject({
      reason: 'too_large',
      limit: 'frames: 8 frames',
    });
    expect((await decode(full, {}, { ...DECODE_LIMITS, maxFrames: 1 })).red).toHaveLength(HEIGHT);
  });
});

describe('a moving picture', () => {
  const loop = dicomFile(
    image(1, 2, { 0x00280008: ['IS', 3], 0x7fe00010: ['OW', Buffer.from(Uint16Array.of(1, 2, 3, 4, 5, 6).buffer)] }),
  );

  it('gives the frame that was asked for, without a warning', async () => {
    const { decoded, viewed, warnings } = await decodeDicom(loop, DECODE_LIMITS, undefined, { frame: 3 });
    expect([...decoded.samples]).toEqual([5, 6]);
    expect([viewed, warnings]).toEqual([{ frame: 3 }, []]);
  });

  it('has no region', async () => {
    const region = { x: 0, y: 0, width: 1, height: 1 };
    await expect(decodeDicom(loop, DECODE_LIMITS, undefined, { region })).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'parameters.view.region',
    });
  });
});
