import { gzipSync, deflateRawSync, deflateSync } from 'node:zlib';
import {
  dicomFile,
  elementBytes,
  encapsulated,
  image,
  itemBytes,
  dataSetBytes,
  type DicomItem,
} from '@medserve/testkit';
import { syntheticSlice } from '../../support/synthetic';
import { EDGES, mutate, type Draw } from '../support/draw';

/*
 * Files that claim to be images. Synthetic seeds, so that a clone without the shared test images tests the same; with them, real
 * files of each codec are added.
 */

const VALUE_REPRESENTATIONS = [
  'AE',
  'AS',
  'AT',
  'CS',
  'DA',
  'DS',
  'DT',
  'FD',
  'FL',
  'IS',
  'LO',
  'LT',
  'OB',
  'OD',
  'OF',
  'OW',
  'PN',
  'SH',
  'SL',
  'SQ',
  'SS',
  'ST',
  'TM',
  'UC',
  'UI',
  'UL',
  'UN',
  'UR',
  'US',
  'UT',
  'ZZ',
  '\0\0',
  '  ',
];
const TAGS = [
  0x00080005, 0x00080016, 0x00080060, 0x00181164, 0x0020000e, 0x00200032, 0x00200037, 0x00280002, 0x00280004,
  0x00280006, 0x00280008, 0x00280010, 0x00280011, 0x00280030, 0x00280100, 0x00280101, 0x00280102, 0x00280103,
  0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x00281101, 0x00281201, 0x7fe00010, 0x00091001, 0x52009229,
  0xfffee000, 0xfffee00d, 0x00020010,
];

/** The transfer syntaxes that are read, and some that are not. */
export const SYNTAXES = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
  jpegBaseline: '1.2.840.10008.1.2.4.50',
  jpegExtended: '1.2.840.10008.1.2.4.51',
  jpegLossless: '1.2.840.10008.1.2.4.70',
  jpegLs: '1.2.840.10008.1.2.4.80',
  jpegLsNear: '1.2.840.10008.1.2.4.81',
  jpeg2000Lossless: '1.2.840.10008.1.2.4.90',
  jpeg2000: '1.2.840.10008.1.2.4.91',
  mpeg2: '1.2.840.10008.1.2.4.100',
  htj2k: '1.2.840.10008.1.2.4.201',
  rle: '1.2.840.10008.1.2.5',
} as const;

const oddValue = (draw: Draw): number | string | Buffer =>
  draw.pick([
    () => draw.pick(EDGES),
    () => draw.bytes(draw.below(20)),
    () => draw.pick(['', '1e400', '-1', 'NaN', '1\\2\\3', '\\'.repeat(300), 'a'.repeat(70), '00000000', '.', '1.2.3']),
  ])();

/** A deep nest of sequences. */
function nested(depth: number): Buffer {
  let inside = dataSetBytes({ 0x00080060: ['CS', 'CT'] });
  for (let level = 0; level < depth; level += 1) inside = elementBytes(0x00081115, 'SQ', itemBytes(inside));
  return inside;
}

/** A DICOM file whose header is wrong in some way, or looks so. */
export function dicomHeader(draw: Draw): Buffer {
  const seed = syntheticSlice(draw.below(50));
  return draw.pick([
    () => mutate(seed, draw),
    () => mutate(seed, draw, 400),
    () => {
      const odd: DicomItem = Object.fromEntries(
        Array.from({ length: 1 + draw.below(4) }, () => [
          draw.pick(TAGS),
          [draw.pick(VALUE_REPRESENTATIONS), oddValue(draw)],
        ]),
      );
      return safely(
        () =>
          dicomFile(image(8, 8, { 0x7fe00010: ['OW', Buffer.alloc(128)], ...odd }), draw.pick(Object.values(SYNTAXES))),
        seed,
      );
    },
    () => dicomFile(nested(draw.pick([1, 31, 32, 33, 100, 2_000]))),
    () => Buffer.concat([seed.subarray(132)]),
    () => Buffer.concat([Buffer.from('MZ'), seed.subarray(2)]),
    () => Buffer.concat([seed, draw.bytes(draw.below(200))]),
    () =>
      dicomFile(
        Buffer.concat([
          dataSetBytes(image(8, 8)),
          elementBytes(0x00091010, 'UN', Buffer.alloc(20)),
          undefinedLength(draw),
        ]),
      ),
    () =>
      dicomFile(
        Buffer.concat(
          Array.from({ length: draw.pick([10, 1_000, 20_000]) }, (_, at) =>
            elementBytes(0x00090000 + (at & 0xffff), 'SH', 'a'),
          ),
        ),
      ),
    () => dicomFile(deflateRawSync(Buffer.alloc(draw.pick([100, 100_000, 20_000_000]))), SYNTAXES.deflated),
  ])();
}

/** What the builder cannot write is no case. */
function safely(make: () => Buffer, otherwise: Buffer): Buffer {
  try {
    return make();
  } catch {
    return otherwise;
  }
}

function undefinedLength(draw: Draw): Buffer {
  const head = Buffer.from([0x08, 0x00, 0x15, 0x11, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  return Buffer.concat([head, draw.chance(0.5) ? itemBytes(Buffer.alloc(4)) : draw.bytes(20)]);
}

/** A DICOM file whose pixels are not what its header says. */
export function dicomPixels(draw: Draw, real: readonly Buffer[]): Buffer {
  if (real.length > 0 && draw.chance(0.5)) return mutate(draw.pick(real), draw, 4_096);
  const [rows, columns] = [draw.pick([0, 1, 2, 8, 63, 255, 65_535]), draw.pick([0, 1, 2, 8, 64, 65_535])];
  const header: DicomItem = image(rows, columns, {
    0x00280002: ['US', draw.pick([0, 1, 1, 1, 2, 3, 4, 65_535])],
    0x00280004: [
      'CS',
      draw.pick(['MONOCHROME1', 'MONOCHROME2', 'RGB', 'PALETTE COLOR', 'YBR_FULL', 'YBR_FULL_422', 'ARGB', '']),
    ],
    0x00280006: ['US', draw.pick([0, 1, 2])],
    0x00280008: ['IS', draw.pick([1, 1, 1, 0, -1, 2, 2_000, 2_001, 2 ** 31])],
    0x00280100: ['US', draw.pick([1, 8, 16, 16, 32, 64, 12, 0])],
    0x00280101: ['US', draw.pick([1, 8, 12, 16, 17, 32, 0])],
    0x00280102: ['US', draw.pick([0, 7, 11, 15, 16, 65_535])],
    0x00280103: ['US', draw.pick([0, 1, 2])],
  });
  const syntax = draw.pick(Object.values(SYNTAXES));
  const isPlain = syntax === SYNTAXES.explicit || syntax === SYNTAXES.implicit || syntax === SYNTAXES.bigEndian;
  if (isPlain)
    return dicomFile({ ...header, 0x7fe00010: ['OW', draw.bytes(draw.pick([0, 1, 2, 127, 128, 129, 8_192]))] }, syntax);
  const streams = Array.from({ length: draw.pick([0, 1, 1, 1, 2, 5]) }, () => codestream(draw));
  return dicomFile(Buffer.concat([dataSetBytes(header), encapsulated(...streams)]), syntax);
}

const SIGNATURES = [
  Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0x00, 0x11, 0x08, 0xff, 0xff, 0xff, 0xff, 0x03]),
  Buffer.from([0xff, 0xd8, 0xff, 0xf7, 0x00, 0x0b, 0x08, 0xff, 0xff, 0xff, 0xff, 0x01, 0x01, 0x11, 0x00]),
  Buffer.from([0xff, 0xd8, 0xff, 0xc3, 0x00, 0x0b, 0x10, 0x00, 0x40, 0x00, 0x40, 0x01, 0x01, 0x11, 0x00]),
  Buffer.from([0x02, 0, 0, 0, 64, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
];

const codestream = (draw: Draw): Buffer =>
  draw.chance(0.4) ? jpeg2000(draw) : Buffer.concat([draw.pick(SIGNATURES), draw.bytes(draw.below(120))]);

const u16 = (value: number): Buffer => Buffer.from([(value >>> 8) & 0xff, value & 0xff]);
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

/** A JPEG 2000 codestream of a hundred bytes (ISO/IEC 15444-1, annex A) that claims any size, tiling, depth and subsampling. */
function jpeg2000(draw: Draw): Buffer {
  const edge = (): number => draw.pick([0, 1, 2, 64, 65_535, 1_000_000, 0x7fff_ffff, 0xffff_ffff]);
  const components = draw.pick([0, 1, 1, 3, 4, 255, 16_384]);
  const perComponent = Buffer.concat(
    Array.from({ length: Math.min(components, 8) }, () =>
      Buffer.from([draw.pick([0, 7, 15, 37, 38, 127, 255]), draw.pick([0, 1, 2, 255]), draw.pick([0, 1, 2, 255])]),
    ),
  );
  const size = Buffer.concat([
    u16(draw.below(3)),
    u32(edge()),
    u32(edge()),
    u32(0),
    u32(0),
    u32(edge()),
    u32(edge()),
    u32(0),
    u32(0),
    u16(components),
    perComponent,
  ]);
  const coding = Buffer.from([
    draw.below(8),
    draw.below(5),
    0,
    1,
    draw.below(2),
    draw.pick([0, 1, 5, 32, 33, 255]),
    4,
    4,
    0,
    draw.below(3),
  ]);
  const segment = (marker: number, body: Buffer): Buffer => Buffer.concat([u16(marker), u16(body.length + 2), body]);
  return Buffer.concat([
    u16(0xff4f),
    segment(0xff51, size),
    segment(0xff52, coding),
    segment(0xff5c, Buffer.from([0x40, 0x40])),
    u16(0xff90),
    u16(10),
    u16(draw.pick([0, 1, 65_535])),
    u32(draw.pick([0, 14, 0xffff_ffff])),
    Buffer.from([draw.below(3), draw.below(3)]),
    u16(0xff93),
    draw.bytes(draw.below(40)),
    u16(0xffd9),
  ]);
}

/** JPEG 2000 as DICOM carries it. */
export const jpeg2000Dicom = (draw: Draw): Buffer =>
  dicomFile(
    Buffer.concat([
      dataSetBytes(image(draw.pick([1, 64, 65_535]), draw.pick([1, 64, 65_535]))),
      encapsulated(jpeg2000(draw)),
    ]),
    draw.pick([SYNTAXES.jpeg2000, SYNTAXES.jpeg2000Lossless, SYNTAXES.htj2k]),
  );

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc32 = (bytes: Buffer): number => {
  let c = 0xffff_ffff;
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffff_ffff) >>> 0;
};

function pngChunk(type: string, body: Buffer, draw: Draw): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  return Buffer.concat([
    u32(draw.chance(0.03) ? 0xffff_fff0 : body.length),
    named,
    u32(draw.chance(0.05) ? 0 : crc32(named)),
  ]);
}

/** A PNG that claims any size: a few hundred bytes may ask for gigabytes. */
function png(draw: Draw): Buffer {
  const [width, height] = [
    draw.pick([0, 1, 64, 300, 16_000, 65_535, 0x7fff_ffff]),
    draw.pick([0, 1, 64, 300, 16_000, 0x7fff_ffff]),
  ];
  const head = Buffer.concat([
    u32(width),
    u32(height),
    Buffer.from([draw.pick([1, 2, 4, 8, 16, 3]), draw.pick([0, 2, 3, 4, 6, 5]), 0, 0, draw.below(3)]),
  ]);
  const chunks = [
    pngChunk('IHDR', head, draw),
    ...(draw.chance(0.3) ? [pngChunk('PLTE', draw.bytes(draw.below(800)), draw)] : []),
    ...(draw.chance(0.2)
      ? [
          pngChunk(
            'iCCP',
            Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(draw.pick([10, 1_000_000])))]),
            draw,
          ),
        ]
      : []),
    ...(draw.chance(0.2) ? [pngChunk('acTL', Buffer.concat([u32(draw.pick(EDGES)), u32(0)]), draw)] : []),
    pngChunk('IDAT', deflateSync(Buffer.alloc(draw.pick([0, 10, 4_225, 90_300, 3_000_000]))), draw),
    pngChunk('IEND', Buffer.alloc(0), draw),
  ];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks]);
}

const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="1" height="1"/></svg>',
);
const OTHERS = [
  SVG,
  Buffer.from('GIF89a\xff\xff\xff\xff\x00\x00\x00', 'latin1'),
  Buffer.from('RIFF\xff\xff\xff\xffWEBPVP8L\xff\xff\xff\xff\x2f\xff\xff\xff\xff', 'latin1'),
  Buffer.from('II*\0\x08\0\0\0\xff\xff', 'latin1'),
  Buffer.from('MM\0*\0\0\0\x08\xff\xff', 'latin1'),
  Buffer.from('BM\xff\xff\xff\xff\0\0\0\0\x1a\0\0\0\x0c\0\0\0\xff\xff\xff\xff\x01\0\x18\0', 'latin1'),
  Buffer.from('%PDF-1.7\n'),
  Buffer.from('\0\0\0\x18ftypavif\0\0\0\0avif', 'latin1'),
  Buffer.from('PK\x03\x04', 'latin1'),
];

/** PNG, JPEG and what is none of them. */
export function raster(draw: Draw, real: readonly Buffer[]): Buffer {
  if (real.length > 0 && draw.chance(0.3)) return mutate(draw.pick(real), draw, 600);
  if (draw.chance(0.5)) return png(draw);
  if (draw.chance(0.5)) return mutate(png(draw), draw, 200);
  return Buffer.concat([draw.pick(OTHERS), draw.bytes(draw.below(300))]);
}

/** A NIfTI-1 header (348 bytes) whose sizes, type, offset and scale are anything, with few bytes of data or none; often gzipped. */
export function nifti(draw: Draw): Buffer {
  const head = Buffer.alloc(352);
  head.writeInt32LE(draw.pick([348, 348, 348, 540, 0, 0x5c010000]), 0);
  head.writeInt16LE(draw.pick([3, 3, 4, 7, 0, -1, 8]), 40);
  for (let axis = 1; axis < 8; axis += 1) head.writeInt16LE(draw.pick([1, 1, 4, 8, 0, -1, 32_767]), 40 + 2 * axis);
  head.writeInt16LE(draw.pick([2, 4, 8, 16, 64, 128, 256, 512, 1024, 1536, 2304, 0, 1, 9_999]), 70);
  head.writeInt16LE(draw.pick([8, 16, 32, 64, 24, 0]), 72);
  for (let axis = 0; axis < 8; axis += 1)
    head.writeFloatLE(draw.pick([1, 0, -1, NaN, Infinity, 1e-30, 0.5]), 76 + 4 * axis);
  head.writeFloatLE(draw.pick([352, 352, 0, -352, 1e20, NaN, 348, 400]), 108);
  head.writeFloatLE(draw.pick([1, 0, NaN, Infinity, -1e30]), 112);
  head.writeFloatLE(draw.pick([0, NaN, 1e38]), 116);
  head.writeInt16LE(draw.pick([0, 1, 2, 99, -1]), 252);
  head.writeInt16LE(draw.pick([0, 1, 2, 5]), 254);
  for (let at = 256; at < 328; at += 4) head.writeFloatLE(draw.pick([0, 1, NaN, Infinity, 0.7]), at);
  head.write(draw.pick(['n+1\0', 'n+1\0', 'ni1\0', 'n+2\0', 'xxxx']), 344, 'latin1');
  if (draw.chance(0.3)) head.writeInt32LE(draw.pick([1, 0x01010101]), 348);
  const data = Buffer.concat([head, draw.bytes(draw.pick([0, 64, 512, 1_024]))]);
  const bytes = draw.chance(0.3) ? mutate(data, draw, 352) : data;
  if (draw.chance(0.4)) return gzipSync(bytes);
  return draw.chance(0.1)
    ? gzipSync(Buffer.alloc(draw.pick([1_000, 30_000_000]))).subarray(0, draw.chance(0.5) ? 20 : undefined)
    : bytes;
}
