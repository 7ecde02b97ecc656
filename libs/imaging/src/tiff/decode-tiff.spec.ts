import sharp from 'sharp';
import { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { DECODE_LIMITS } from '../limits';
import type { View } from '../slide/view';
import { decodeTiff } from './decode-tiff';

const decode = (bytes: Buffer, view?: View, limits = DECODE_LIMITS) => decodeTiff(bytes, limits, view);

/** Red grows with the column, green with the row. */
const picture = (width: number, height: number): sharp.Sharp => {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    data[3 * at] = Math.floor(((at % width) * 256) / width);
    data[3 * at + 1] = Math.floor((Math.floor(at / width) * 256) / height);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
};

const pyramid = (width: number, height: number): Promise<Buffer> =>
  picture(width, height)
    .tiff({ tile: true, tileWidth: 64, tileHeight: 64, pyramid: true, compression: 'lzw', xres: 4000, yres: 4000 })
    .toBuffer();

/** An uncompressed image of one strip, and a copy of its directory for each further image. */
function tiff(
  fields: Readonly<Record<number, readonly [type: number, value: number]>>,
  samples: Buffer,
  images = 1,
  little = true,
): Buffer {
  const u16 = (value: number) => {
    const out = Buffer.alloc(2);
    if (little) out.writeUInt16LE(value);
    else out.writeUInt16BE(value);
    return out;
  };
  const u32 = (value: number) => {
    const out = Buffer.alloc(4);
    if (little) out.writeUInt32LE(value);
    else out.writeUInt32BE(value);
    return out;
  };
  const all: typeof fields = { ...fields, 273: [4, 8], 279: [4, samples.length] };
  const directories = Array.from({ length: images }, (_, index) => {
    const entries = Object.entries(all).map(([tag, [type, value]]) =>
      Buffer.concat([
        u16(Number(tag)),
        u16(type),
        u32(1),
        type === 3 ? Buffer.concat([u16(value), u16(0)]) : u32(value),
      ]),
    );
    const size = 2 + 12 * entries.length + 4;
    const next = index + 1 < images ? 8 + samples.length + (index + 1) * size : 0;
    return Buffer.concat([u16(entries.length), ...entries, u32(next)]);
  });
  return Buffer.concat([Buffer.from(little ? 'II' : 'MM'), u16(42), u32(8 + samples.length), samples, ...directories]);
}

const grey = (bits: number, more: Parameters<typeof tiff>[0] = {}): Parameters<typeof tiff>[0] => ({
  256: [3, 2],
  257: [3, 1],
  258: [3, bits],
  259: [3, 1],
  262: [3, 1],
  277: [3, 1],
  278: [3, 1],
  ...more,
});

describe('a TIFF of one image', () => {
  it('keeps the stored values of 8 and 16 bits, in both byte orders', async () => {
    expect([...(await decode(tiff(grey(8), Buffer.of(7, 250)))).picture.samples]).toEqual([7, 250]);
    const wide = await decode(tiff(grey(16), Buffer.of(0x34, 0x12, 0xff, 0xff)));
    expect([wide.picture.sampleType, ...wide.picture.samples]).toEqual(['uint16', 0x1234, 0xffff]);
    const big = await decode(tiff(grey(16), Buffer.of(0x12, 0x34, 0, 1), 1, false));
    expect([...big.picture.samples]).toEqual([0x1234, 1]);
  });

  it('is brighter where it says that white is zero and the value is smaller', async () => {
    const { picture: shown } = await decode(tiff(grey(8, { 262: [3, 0] }), Buffer.of(0, 200)));
    expect([...shown.samples]).toEqual([255, 55]);
  });

  it('is RGB where it is in colour', async () => {
    const { picture: shown, viewed } = await decode(await picture(6, 4).tiff({ compression: 'deflate' }).toBuffer());
    expect(shown).toMatchObject({ width: 6, height: 4, channels: 3, sampleType: 'uint8' });
    expect([...shown.samples.subarray(0, 6)]).toEqual([0, 0, 0, 42, 0, 0]);
    expect(viewed).toBeUndefined();
  });

  it.each([
    ['floats', grey(32, { 339: [3, 3] }), 'unsupported_media'],
    ['32 bits', grey(32), 'unsupported_media'],
    ['CIELab', grey(8, { 262: [3, 8] }), 'unsupported_media'],
    ['JPEG 2000 tiles', grey(8, { 259: [3, 33005] }), 'unsupported_media'],
    ['samples in LERC', grey(8, { 259: [3, 34887] }), 'unsupported_media'],
    ['samples in LZMA', grey(8, { 259: [3, 34925] }), 'unsupported_media'],
    ['samples in Zstandard', grey(8, { 259: [3, 50000] }), 'unsupported_media'],
    ['samples in JPEG XL', grey(8, { 259: [3, 50002] }), 'unsupported_media'],
    ['samples in what nobody knows', grey(8, { 259: [3, 60_001] }), 'unsupported_media'],
    ['three channels of grey', grey(8, { 277: [3, 3] }), 'unsupported_media'],
    ['three channels of grey, plane by plane', grey(8, { 277: [3, 3], 284: [3, 2], 338: [3, 0] }), 'unsupported_media'],
    ['two channels of grey', grey(8, { 277: [3, 2], 338: [3, 0] }), 'unsupported_media'],
    ['two channels beside its colours', grey(8, { 262: [3, 2], 277: [3, 5], 338: [3, 0] }), 'unsupported_media'],
    ['no width', grey(8, { 256: [3, 0] }), 'unreadable_image'],
    ['fewer samples than it says', grey(8, { 256: [3, 200], 279: [4, 2] }), 'unreadable_image'],
  ])('with %s is refused', async (_, fields, reason) => {
    await expect(decode(tiff(fields, Buffer.alloc(8)))).rejects.toMatchObject({ reason });
  });

  it('is on black where a sample says how opaque it is, and without a sample that says something else', async () => {
    const grey2 = grey(8, { 277: [3, 2], 338: [3, 2] });
    expect([...(await decode(tiff(grey2, Buffer.of(200, 255, 200, 0)))).picture.samples]).toEqual([200, 0]);
    const rgb = (extra: number) => grey(8, { 262: [3, 2], 277: [3, 4], 338: [3, extra] });
    const samples = Buffer.of(200, 100, 50, 0, 20, 10, 5, 255);
    expect([...(await decode(tiff(rgb(2), samples))).picture.samples]).toEqual([0, 0, 0, 20, 10, 5]);
    expect([...(await decode(tiff(rgb(0), samples))).picture.samples]).toEqual([200, 100, 50, 20, 10, 5]);
  });

  it('names the field by which it has too many channels', async () => {
    const channels = tiff(grey(8, { 277: [3, 3] }), Buffer.alloc(8));
    await expect(decode(channels)).rejects.toThrow('SamplesPerPixel');
  });

  it('has the spacing of each axis, turned with it', async () => {
    const perCentimetre = { xres: 4000, yres: 2000 };
    const upright = await picture(6, 4).tiff(perCentimetre).toBuffer();
    expect((await decode(upright)).picture.spacingMm).toEqual({ row: 0.0005, column: 0.00025 });
    const turned = await picture(6, 4).withMetadata({ orientation: 6 }).tiff(perCentimetre).toBuffer();
    const { picture: shown } = await decode(turned);
    expect([shown.width, shown.height]).toEqual([4, 6]);
    expect(shown.spacingMm).toEqual({ row: 0.00025, column: 0.0005 });
  });

  it('beyond the limit is refused by its header', async () => {
    const huge = tiff(grey(8, { 256: [4, 60_000], 257: [4, 60_000] }), Buffer.alloc(8));
    await expect(decode(huge)).rejects.toMatchObject({ reason: 'too_large' });
  });
});

describe('a TIFF of several images', () => {
  const three = tiff(grey(8), Buffer.of(1, 2), 3);

  it('gives the first, and says so; or the one that was asked for', async () => {
    const first = await decode(three);
    expect(first.pages).toBe(3);
    expect(first.warnings).toEqual([expect.stringMatching(/^Image 1 of 3/)]);
    const second = await decode(three, { frame: 2 });
    expect([second.viewed, second.warnings]).toEqual([{ frame: 2 }, []]);
    await expect(decode(three, { frame: 4 })).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'parameters.view.frame',
    });
  });

  it('that run in a circle is refused', async () => {
    const circle = Buffer.from(three);
    circle.writeUInt32LE(10, circle.length - 4);
    await expect(decode(circle)).rejects.toMatchObject({ reason: 'unreadable_image' });
  });
});

describe('a pyramid', () => {
  it('is whole at its finest level where nothing is asked for', async () => {
    const { picture: shown, pages, warnings } = await decode(await pyramid(512, 256));
    expect(shown).toMatchObject({ width: 512, height: 256 });
    expect([pages, warnings]).toEqual([1, []]);
    expect(shown.spacingMm?.column).toBeCloseTo(0.00025, 6);
  });

  it('gives a region at the level that was asked for, in pixels of the finest', async () => {
    const { picture: shown, viewed } = await decode(await pyramid(512, 256), {
      region: { x: 256, y: 64, width: 128, height: 64, level: 1 },
    });
    expect(shown).toMatchObject({ width: 64, height: 32 });
    expect(viewed).toEqual({ region: { x: 256, y: 64, width: 128, height: 64, level: 1, downsample: 2 } });
    expect(shown.samples[0]).toBeCloseTo(128, -1);
    expect(shown.samples[1]).toBeCloseTo(64, -1);
    expect(shown.spacingMm?.column).toBeCloseTo(0.0005, 6);
  });

  it('chooses the coarsest level that is as fine as was asked for', async () => {
    const slide = await pyramid(512, 256);
    const levelAt = async (mpp: number) =>
      (await decode(slide, { region: { x: 0, y: 0, width: 512, height: 256, mpp } })).viewed?.region?.level;
    expect([await levelAt(0.1), await levelAt(0.25), await levelAt(0.7), await levelAt(1)]).toEqual([0, 0, 1, 2]);
  });

  it('chooses the level by the axis whose pixels are larger', async () => {
    const resolution = { xres: 4000, yres: 2000 };
    const slide = await picture(512, 256)
      .tiff({ tile: true, tileWidth: 64, tileHeight: 64, pyramid: true, ...resolution })
      .toBuffer();
    const { viewed, picture: shown } = await decode(slide, { region: { x: 0, y: 0, width: 64, height: 64, mpp: 1 } });
    expect(viewed?.region?.level).toBe(1);
    expect(shown.spacingMm).toEqual({ row: 0.001, column: 0.0005 });
  });

  it('is refused by what a view of it would take, with the sizes of its levels', async () => {
    const limits = { ...DECODE_LIMITS, maxPixels: 10_000 };
    await expect(decode(await pyramid(512, 256), {}, limits)).rejects.toMatchObject({
      reason: 'too_large',
      message: expect.stringContaining('512 x 256, 256 x 128') as unknown,
    });
    const part = { region: { x: 500, y: 250, width: 12, height: 6 } };
    expect((await decode(await pyramid(512, 256), part, limits)).picture.width).toBe(12);
  });

  it.each([
    [{ x: 500, y: 0, width: 13, height: 1 }, 'beyond'],
    [{ x: 0, y: 0, width: 1, height: 1, level: 9 }, 'levels'],
  ])('is not asked for %j', async (region, said) => {
    await expect(decode(await pyramid(512, 256), { region })).rejects.toMatchObject({
      reason: 'invalid_request',
      message: expect.stringContaining(said) as unknown,
    });
  });
});

it('whatever its bytes are, a TIFF is an image or refused', async () => {
  const seeds = [tiff(grey(16), Buffer.alloc(8), 2), await pyramid(128, 128)];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (seed, changes, fromEnd) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of changes) {
          const index = fromEnd ? bytes.length - 1 - (at % bytes.length) : at % bytes.length;
          if (index >= 4) bytes[index] = value;
        }
        const outcome = await decode(bytes, {}, { ...DECODE_LIMITS, maxPixels: 2 ** 20 }).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ServingError);
      },
    ),
    { numRuns: 300 },
  );
});
