import { deflateRawSync } from 'node:zlib';
import { DECODE_LIMITS } from '../limits';
import {
  dataSetBytes,
  dicomFile,
  elementBytes,
  encapsulated,
  image,
  itemBytes,
  words,
  type DicomItem,
} from '@medserve/testkit';
import { decodeDicom } from '../decode/decode-dicom';

const decode = (file: Buffer, limits = DECODE_LIMITS) => decodeDicom(file, limits);
const pixels = (...values: number[]): DicomItem => ({ 0x7fe00010: ['OW', words(...values)] });
const pictureOf = async (file: Buffer) => {
  const { decoded } = await decode(file);
  if (decoded.kind !== 'picture') throw new Error('not a picture');
  return decoded;
};

describe('stored values', () => {
  it('MONOCHROME1 is turned round, and its window with it', async () => {
    const { samples, rescale, window } = await pictureOf(
      dicomFile(
        image(1, 3, {
          0x00280004: ['CS', 'MONOCHROME1'],
          0x00280101: ['US', 12],
          0x00280102: ['US', 11],
          0x00281050: ['DS', 1000],
          0x00281051: ['DS', 200],
          0x00281052: ['DS', 0],
          0x00281053: ['DS', 1],
          ...pixels(0, 1000, 4095),
        }),
      ),
    );
    expect([...samples]).toEqual([4095, 3095, 0]);
    expect(rescale).toEqual({ slope: 1, intercept: 0 });
    expect(window).toEqual({ centre: 3096, width: 200 });
  });

  it('are what the modality table makes of them, where the object has one', async () => {
    const table = (more: DicomItem = {}): DicomItem => ({
      0x00283000: [
        'SQ',
        [
          {
            0x00283002: ['US', [3, 10, 16]],
            0x00283004: ['LO', 'OD'],
            0x00283006: ['OW', words(500, 300, 0)],
            ...more,
          },
        ],
      ],
      ...pixels(0, 10, 11, 4000),
    });
    const found = await pictureOf(dicomFile(image(1, 4, table())));
    expect([...found.samples]).toEqual([500, 500, 300, 0]);
    expect(found.rescale).toEqual({ slope: 1, intercept: 0, unit: 'OD' });
    const turned = await pictureOf(dicomFile(image(1, 4, { 0x00280004: ['CS', 'MONOCHROME1'], ...table() })));
    expect([...turned.samples]).toEqual([65035, 65035, 65235, 65535]);
    const bytes = { 0x00283002: ['US', [3, 10, 8]], 0x00283006: ['OW', Buffer.of(5, 3, 1, 0)] } as const;
    expect([...(await pictureOf(dicomFile(image(1, 4, table(bytes))))).samples]).toEqual([5, 5, 3, 1]);
    await expect(decode(dicomFile(image(1, 4, table({ 0x00283006: ['OW', words(1, 2)] }))))).rejects.toMatchObject({
      reason: 'unreadable_image',
      message: expect.stringContaining('Modality LUT') as unknown,
    });
  });

  it('are shown by the window that a table for display comes nearest to, where the object has no window', async () => {
    const ramp = words(
      ...Array<number>(10).fill(0),
      ...Array.from({ length: 101 }, (_, at) => at * 40),
      ...Array<number>(9).fill(4000),
    );
    const table: DicomItem = {
      0x00283010: ['SQ', [{ 0x00283002: ['US', [120, 65536 - 50, 12]], 0x00283006: ['OW', ramp] }]],
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      ...pixels(0, 1000),
    };
    const { window } = await pictureOf(dicomFile(image(1, 2, table)));
    // Flat up to -40, full from 60 on.
    expect(Math.abs((window?.centre ?? NaN) - 10.5)).toBeLessThanOrEqual(1);
    expect(window?.width).toBeGreaterThan(94);
    expect(window?.width).toBeLessThan(102);
    const both = { ...table, 0x00281050: ['DS', 7], 0x00281051: ['DS', 8] } as const;
    expect((await pictureOf(dicomFile(image(1, 2, both)))).window).toEqual({ centre: 7, width: 8 });
    const falling = {
      0x00283010: ['SQ', [{ 0x00283002: ['US', [2, 0, 8]], 0x00283006: ['OW', words(9, 1)] }]],
    } as const;
    expect((await pictureOf(dicomFile(image(1, 2, { ...table, ...falling })))).window).toBeUndefined();
  });

  it('padding darker than the image becomes its darkest value', async () => {
    const { samples } = await pictureOf(
      dicomFile(
        image(1, 4, { 0x00280103: ['US', 1], 0x00280120: ['SS', -2000], ...pixels(65536 - 2000, 65536 - 5, 7, 9) }),
      ),
    );
    expect([...samples]).toEqual([-5, -5, 7, 9]);
  });

  it('bits above the stored ones are dropped, and the sign taken from the highest stored one', async () => {
    const stored = { 0x00280101: ['US', 12], 0x00280102: ['US', 11], ...pixels(0xf123, 0x8fff) } as const;
    expect([...(await pictureOf(dicomFile(image(1, 2, stored)))).samples]).toEqual([0x123, 0xfff]);
    expect([...(await pictureOf(dicomFile(image(1, 2, { ...stored, 0x00280103: ['US', 1] })))).samples]).toEqual([
      0x123, -1,
    ]);
  });

  it('colour by plane comes out by pixel', async () => {
    const plane = Buffer.from([1, 2, 3, 4, 5, 6]);
    const { samples, channels } = await pictureOf(
      dicomFile(
        image(1, 2, {
          0x00280002: ['US', 3],
          0x00280004: ['CS', 'RGB'],
          0x00280006: ['US', 1],
          0x00280100: ['US', 8],
          0x00280101: ['US', 8],
          0x00280102: ['US', 7],
          0x7fe00010: ['OB', plane],
        }),
      ),
    );
    expect(channels).toBe(3);
    expect([...samples]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('a data set without preamble is read where its first element is unambiguous', async () => {
    expect([...(await pictureOf(dataSetBytes(image(1, 2, pixels(3, 4))))).samples]).toEqual([3, 4]);
  });
});

describe('frames', () => {
  const plane = (z: number): DicomItem => ({ 0x00209113: ['SQ', [{ 0x00200032: ['DS', [0, 0, z]] }]] });
  const shared: DicomItem = {
    0x00209116: ['SQ', [{ 0x00200037: ['DS', [1, 0, 0, 0, 1, 0]] }]],
    0x00289110: ['SQ', [{ 0x00280030: ['DS', [0.5, 0.25]], 0x00180050: ['DS', 2] }]],
    0x00289145: ['SQ', [{ 0x00281052: ['DS', -1024], 0x00281053: ['DS', 2] }]],
  };
  const enhanced = (more: DicomItem = {}): Buffer =>
    dicomFile(
      image(1, 2, {
        0x00280008: ['IS', 3],
        0x52009229: ['SQ', [shared]],
        0x52009230: ['SQ', [plane(4), plane(0), plane(2)]],
        ...pixels(1, 2, 3, 4, 5, 6),
        ...more,
      }),
    );

  it('of an enhanced object are a volume in the order of their positions', async () => {
    const { decoded, facts, slices } = await decode(enhanced());
    expect(facts).toMatchObject({ dimensions: 3, depth: 3, width: 2, height: 1 });
    expect(decoded).toMatchObject({
      kind: 'volume',
      slices: 3,
      rescale: { slope: 2, intercept: -1024 },
      geometry: {
        spacingMm: { row: 0.5, column: 0.25 },
        slicePositionsMm: [
          [0, 0, 0],
          [0, 0, 2],
          [0, 0, 4],
        ],
        sliceThicknessMm: 2,
      },
    });
    expect([...decoded.samples]).toEqual([3, 4, 5, 6, 1, 2]);
    expect(slices).toEqual([2, 3, 1].map((frame) => ({ input: 0, frame })));
  });

  it('beyond the limit are refused by their number alone', async () => {
    await expect(decode(enhanced({ 0x00280008: ['IS', 2001] }))).rejects.toMatchObject({
      reason: 'too_large',
      limit: 'frames: 2000 frames',
    });
  });

  it('that the pixel data does not hold are refused', async () => {
    await expect(decode(enhanced({ 0x00280008: ['IS', 2000] }))).rejects.toMatchObject({ reason: 'unreadable_image' });
  });
});

describe('what nobody should send', () => {
  it('a frame beyond the limit is refused before anything is allocated', async () => {
    const limits = { ...DECODE_LIMITS, maxPixels: 100 };
    await expect(decode(dicomFile(image(11, 10, pixels(1))), limits)).rejects.toMatchObject({
      reason: 'too_large',
      limit: 'pixels: 100 pixels of one frame',
    });
    await expect(decode(dicomFile(image(65535, 65535, pixels(1))))).rejects.toMatchObject({ reason: 'too_large' });
  });

  it('sequences nested without end are refused at the limit', async () => {
    const open = Buffer.concat([
      Buffer.from([0x40, 0x00, 0x30, 0xa7, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff]),
    ]);
    const deep = Buffer.concat(Array.from({ length: 5000 }, () => open));
    await expect(decode(dicomFile(deep))).rejects.toMatchObject({ reason: 'too_large', limit: 'nesting: 32 levels' });
  });

  it('elements without end are refused at the limit', async () => {
    const one = elementBytes(0x00091010, 'US', 1);
    await expect(decode(dicomFile(Buffer.concat(Array.from({ length: 100_001 }, () => one))))).rejects.toMatchObject({
      reason: 'too_large',
      limit: 'elements: 100000 elements',
    });
  });

  it('a deflated object that opens to a thousand times its size is refused', async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
    await expect(decode(dicomFile(bomb, '1.2.840.10008.1.2.1.99'))).rejects.toMatchObject({ reason: 'too_large' });
  });

  it('a deflated object that is cut is unreadable', async () => {
    const whole = deflateRawSync(dataSetBytes(image(1, 2, pixels(3, 4))));
    await expect(decode(dicomFile(whole.subarray(0, 20), '1.2.840.10008.1.2.1.99'))).rejects.toMatchObject({
      reason: 'unreadable_image',
    });
  });

  it.each(['jpeg-2000 of another size', 'tile flood'])(
    'a JPEG 2000 header that lies (%s) is refused before its decoder runs',
    async (lie) => {
      const header = Buffer.alloc(102);
      header.writeUInt32BE(0xff4fff51, 0);
      header.writeUInt16BE(41, 4);
      const size = lie === 'tile flood' ? 64 : 60_000;
      const tile = lie === 'tile flood' ? 1 : 60_000;
      for (const [at, value] of [
        [8, size],
        [12, size],
        [24, tile],
        [28, tile],
      ] as const)
        header.writeUInt32BE(value, at);
      header.writeUInt16BE(1, 40);
      header.set([15, 1, 1], 42);
      const file = dicomFile(
        Buffer.concat([dataSetBytes(image(64, 64)), encapsulated(header)]),
        '1.2.840.10008.1.2.4.90',
      );
      await expect(decode(file)).rejects.toMatchObject({ reason: 'unreadable_image' });
    },
  );

  it('video is refused by the name of its transfer syntax', async () => {
    await expect(decode(dicomFile(image(1, 2, pixels(3, 4)), '1.2.840.10008.1.2.4.100'))).rejects.toMatchObject({
      reason: 'unsupported_transfer_syntax',
      message: 'The transfer syntax MPEG2 Main Profile / Main Level (1.2.840.10008.1.2.4.100) is not supported.',
    });
  });

  it('RLE segments that end early, or point outside, are unreadable', async () => {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(2, 0);
    header.writeUInt32LE(64, 4);
    for (const second of [66, 10_000, 3]) {
      header.writeUInt32LE(second, 8);
      const stream = Buffer.concat([header, Buffer.from([0xfd, 1, 0xfd, 2])]);
      const file = dicomFile(Buffer.concat([dataSetBytes(image(64, 64)), encapsulated(stream)]), '1.2.840.10008.1.2.5');
      await expect(decode(file)).rejects.toMatchObject({ reason: 'unreadable_image' });
    }
  });

  it('an item that reaches beyond its sequence is unreadable', async () => {
    const body = Buffer.concat([itemBytes(Buffer.alloc(8)).subarray(0, 12)]);
    const file = dicomFile(Buffer.concat([elementBytes(0x00209113, 'SQ', body), dataSetBytes(image(1, 1, pixels(1)))]));
    await expect(decode(file)).rejects.toMatchObject({ reason: 'unreadable_image' });
  });
});

it('high-throughput JPEG 2000 comes back as it was written', async () => {
  const samples = Uint16Array.from({ length: 32 * 16 }, (_, index) => (index * 2654435761) % 4096);
  const stream = await encodeHtj2k(samples, 32, 16, 12);
  const header = image(16, 32, { 0x00280101: ['US', 12], 0x00280102: ['US', 11] });
  const file = dicomFile(Buffer.concat([dataSetBytes(header), encapsulated(stream)]), '1.2.840.10008.1.2.4.201');
  expect([...(await pictureOf(file)).samples]).toEqual([...samples]);
});

interface Htj2kEncoder {
  getDecodedBuffer(frame: object): Uint8Array;
  setQuality(reversible: boolean, quantisation: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
}

async function encodeHtj2k(
  samples: Uint16Array,
  width: number,
  height: number,
  bitsPerSample: number,
): Promise<Buffer> {
  // oxlint-disable-next-line typescript/no-require-imports -- the module has no types
  const factory = require('@cornerstonejs/codec-openjph/wasmjs') as (
    options: object,
  ) => Promise<{ HTJ2KEncoder: new () => Htj2kEncoder }>;
  const { HTJ2KEncoder } = await factory({ print: () => undefined, printErr: () => undefined });
  const encoder = new HTJ2KEncoder();
  encoder
    .getDecodedBuffer({
      width,
      height,
      bitsPerSample,
      componentCount: 1,
      isSigned: false,
      isUsingColorTransform: false,
    })
    .set(new Uint8Array(samples.buffer));
  encoder.setQuality(true, 0);
  encoder.encode();
  return Buffer.from(encoder.getEncodedBuffer());
}
