import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { DECODE_LIMITS } from '../limits';
import { decodeRaster } from './decode-raster';

const decode = (bytes: Buffer, kind: 'png' | 'jpeg', limits = DECODE_LIMITS) => decodeRaster(bytes, kind, limits);

function chunk(type: string, body: Buffer): Buffer {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, 'latin1');
  body.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}

/** A PNG written by hand, so that nothing between its samples and ours knows better. */
function png(
  width: number,
  height: number,
  depth: number,
  colourType: number,
  rows: readonly Buffer[],
  ...extra: Buffer[]
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, 0], 8);
  const data = deflateSync(Buffer.concat(rows.map((row) => Buffer.concat([Buffer.from([0]), row]))));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const solid = (width: number, height: number, channels: 3 | 4, background: object) =>
  sharp({ create: { width, height, channels, background: background as { r: number; g: number; b: number } } });

describe('PNG', () => {
  it('of 16 bits keeps its stored values', async () => {
    const row = Buffer.from([0x00, 0x00, 0x12, 0x34, 0x80, 0x01, 0xff, 0xff]);
    const picture = await decode(png(4, 1, 16, 0, [row]), 'png');
    expect(picture).toMatchObject({ width: 4, height: 1, channels: 1, sampleType: 'uint16' });
    expect([...picture.samples]).toEqual([0, 0x1234, 0x8001, 0xffff]);
  });

  it('of 16 bits in colour keeps its stored values', async () => {
    const row = Buffer.from([0x00, 0x01, 0x12, 0x34, 0x80, 0x01]);
    const picture = await decode(png(1, 1, 16, 2, [row]), 'png');
    expect(picture).toMatchObject({ channels: 3, sampleType: 'uint16' });
    expect([...picture.samples]).toEqual([1, 0x1234, 0x8001]);
  });

  it('of grey stays one channel, also with one bit', async () => {
    expect([...(await decode(png(3, 1, 8, 0, [Buffer.from([0, 7, 255])]), 'png')).samples]).toEqual([0, 7, 255]);
    const bits = await decode(png(8, 1, 1, 0, [Buffer.from([0b10100000])]), 'png');
    expect(bits).toMatchObject({ channels: 1, sampleType: 'uint8' });
    expect([...bits.samples]).toEqual([255, 0, 255, 0, 0, 0, 0, 0]);
  });

  it('with transparency is laid on black', async () => {
    const row = Buffer.from([200, 100, 50, 255, 200, 100, 50, 0]);
    const picture = await decode(png(2, 1, 8, 6, [row]), 'png');
    expect([...picture.samples]).toEqual([200, 100, 50, 0, 0, 0]);
    expect([...(await decode(png(2, 1, 8, 4, [Buffer.from([9, 255, 9, 0])]), 'png')).samples]).toEqual([9, 0]);
  });

  it('that is animated is no single image', async () => {
    const file = png(1, 1, 8, 0, [Buffer.from([1])], chunk('acTL', Buffer.alloc(8)));
    await expect(decode(file, 'png')).rejects.toMatchObject({ reason: 'unreadable_image' });
  });

  it('that claims more pixels than the limit is refused by its header', async () => {
    const file = png(16_000, 16_000, 1, 0, [Buffer.alloc(2000)]);
    await expect(decode(file, 'png')).rejects.toMatchObject({
      reason: 'too_large',
      limit: 'pixels: 67108864 pixels of one frame',
    });
  });

  it('that is cut, or has a broken checksum, is unreadable', async () => {
    const rows = Array.from({ length: 64 }, (_, y) =>
      Buffer.from(Array.from({ length: 64 }, (_, x) => (x * 37 + y * 91) % 251)),
    );
    const file = png(64, 64, 8, 0, rows);
    const broken = Buffer.from(file);
    broken[100] = (broken[100] ?? 0) ^ 0xff;
    for (const bytes of [file.subarray(0, 20), file.subarray(0, 40), file.subarray(0, 500), broken]) {
      await expect(decode(bytes, 'png')).rejects.toMatchObject({ reason: 'unreadable_image' });
    }
  });
});

describe('JPEG', () => {
  it('is turned upright by its EXIF orientation', async () => {
    const bytes = await solid(40, 20, 3, { r: 200, g: 0, b: 0 }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await decode(bytes, 'jpeg')).toMatchObject({ width: 20, height: 40, channels: 3 });
  });

  it('of grey stays one channel', async () => {
    const bytes = await solid(16, 16, 3, { r: 90, g: 90, b: 90 }).toColourspace('b-w').jpeg().toBuffer();
    const picture = await decode(bytes, 'jpeg');
    expect(picture).toMatchObject({ channels: 1, sampleType: 'uint8' });
    expect(picture.samples[0]).toBe(90);
  });

  it('in CMYK comes out as RGB', async () => {
    const bytes = await solid(16, 16, 3, { r: 255, g: 255, b: 255 }).toColourspace('cmyk').jpeg().toBuffer();
    const { channels, samples } = await decode(bytes, 'jpeg');
    expect(channels).toBe(3);
    expect(Math.min(...samples)).toBeGreaterThan(245);
  });

  const retina = resolve(__dirname, '../../../../../shared/data/images/retina.jpg');
  if (existsSync(retina)) {
    it('of a retina is read whole, and refused when cut', async () => {
      const bytes = readFileSync(retina);
      expect(await decode(bytes, 'jpeg')).toMatchObject({ channels: 3, width: 1411, height: 1411 });
      for (const length of [100, 5000, bytes.length - 5000]) {
        await expect(decode(bytes.subarray(0, length), 'jpeg')).rejects.toMatchObject({ reason: 'unreadable_image' });
      }
    });
    it.each(['ihc.png', 'chelsea.png', 'microaneurysms.png', 'cell.png'])('the sample %s is read', async (name) => {
      const bytes = readFileSync(join(retina, '..', name));
      const { width, height, channels, samples } = await decode(bytes, 'png');
      expect(samples).toHaveLength(width * height * channels);
    });
  } else {
    it.skip('the images are in ../shared/data/images, which this clone does not have', () => undefined);
  }
});
