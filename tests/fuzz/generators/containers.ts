import { gzipSync } from 'node:zlib';
import { dicomFile, image, type DicomItem } from '@medserve/testkit';
import { EDGES, mutate, type Draw } from '../support/draw';
import { SYNTAXES } from './images';

/* Files that hold more than one image, or claim to: TIFF, slides in tiles, archives. */

type Fields = Readonly<Record<number, readonly [type: number, count: number, value: number]>>;

/** A little-endian TIFF of one strip that begins at byte 8, its directory behind it, pointing to `next`. */
function tiffFile(fields: Fields, samples: Buffer, next = 0): Buffer {
  const entries = Object.entries(fields).map(([tag, [type, count, value]]) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16LE(Number(tag), 0);
    entry.writeUInt16LE(type, 2);
    entry.writeUInt32LE(count, 4);
    if (type === 3) entry.writeUInt16LE(value & 0xffff, 8);
    else entry.writeUInt32LE(value, 8);
    return entry;
  });
  const head = Buffer.alloc(8);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8 + samples.length, 4);
  const count = Buffer.alloc(2);
  count.writeUInt16LE(entries.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(next);
  return Buffer.concat([head, samples, count, ...entries, tail]);
}

/** A grey image of 8 bits, with any field replaced. */
export const greyTiff = (width: number, height: number, more: Fields = {}, next = 0): Buffer =>
  tiffFile(
    {
      256: [4, 1, width],
      257: [4, 1, height],
      258: [3, 1, 8],
      259: [3, 1, 1],
      262: [3, 1, 1],
      273: [4, 1, 8],
      277: [3, 1, 1],
      278: [4, 1, height],
      279: [4, 1, 64],
      ...more,
    },
    Buffer.alloc(64, 128),
    next,
  );

/** A TIFF whose sizes, kinds, offsets and chain of directories are anything. */
export function tiff(draw: Draw): Buffer {
  const edge = (): number => draw.pick([0, 1, 8, 8, 8, 64, 65_535, 0x7fff_ffff, 0xffff_ffff]);
  const more: Fields = {
    258: [3, draw.pick([1, 1, 3, 4, 65_535]), draw.pick([8, 8, 16, 1, 4, 32, 64, 0])],
    259: [3, 1, draw.pick([1, 1, 5, 6, 7, 8, 32_773, 33_005, 34_712, 50_000, 0])],
    262: [3, 1, draw.pick([0, 1, 2, 3, 5, 6, 8, 32_844])],
    273: [4, draw.pick([1, 1, 1_000_000]), draw.pick([8, 0, 72, 0xffff_fff0])],
    277: [3, 1, draw.pick([1, 1, 3, 4, 0, 65_535])],
    279: [4, 1, draw.pick([64, 0, 0xffff_ffff])],
    ...(draw.chance(0.3) ? { 322: [4, 1, edge()], 323: [4, 1, edge()], 324: [4, 1, 8], 325: [4, 1, 64] } : {}),
    ...(draw.chance(0.2) ? { 330: [4, draw.pick([1, 2, 100]), edge()] } : {}),
    ...(draw.chance(0.2) ? { 339: [3, 1, draw.pick([1, 2, 3, 6])] } : {}),
    ...(draw.chance(0.2)
      ? { [draw.below(65_536)]: [draw.below(20), draw.pick(EDGES), draw.pick(EDGES)] as const }
      : {}),
  };
  const file = greyTiff(edge(), edge(), more, draw.pick([0, 0, 8, 72, 0xffff_fff0]));
  return draw.chance(0.3) ? mutate(file, draw, 300) : file;
}

const long = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value >>> 0);
  return out;
};

/** One level of a slide, in tiles of 4 x 4 that claim any place, number and size of the whole. */
export function slide(draw: Draw, more: DicomItem = {}): Buffer {
  const frames = draw.pick([1, 4, 4, 16, 2_001, 1_000_001]);
  const places = Array.from({ length: draw.pick([0, 1, 4, 16]) }, () => ({
    0x0048021a: [
      'SQ',
      [
        {
          0x0048021e: ['SL', long(draw.pick([1, 5, 9, 0, ...EDGES]))],
          0x0048021f: ['SL', long(draw.pick([1, 5, 0, ...EDGES]))],
        },
      ],
    ] as const,
  }));
  return dicomFile(
    image(4, 4, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.77.1.6'],
      0x00080060: ['CS', 'SM'],
      0x00209311: ['CS', draw.pick(['TILED_FULL', 'TILED_SPARSE', '3D', ''])],
      0x00280008: ['IS', frames],
      0x00480006: ['UL', long(draw.pick([8, 8, 7, 0, ...EDGES]))],
      0x00480007: ['UL', long(draw.pick([8, 8, 7, 0, ...EDGES]))],
      0x52009230: ['SQ', places],
      0x7fe00010: ['OW', Buffer.alloc(draw.pick([0, 32, 128, 512]))],
      ...more,
    }),
    SYNTAXES.explicit,
  );
}

/** The first bytes of an entry of a ZIP, of any name and size. */
export function zip(name: string, size: number, content: Buffer): Buffer {
  const head = Buffer.alloc(30);
  head.write('PK\x03\x04', 'latin1');
  head.writeUInt32LE(size >>> 0, 18);
  head.writeUInt32LE(size >>> 0, 22);
  head.writeUInt16LE(Buffer.byteLength(name), 26);
  return Buffer.concat([head, Buffer.from(name), content]);
}

/** One entry of a TAR, a link or a file, of any name. */
export function tar(name: string, kind: string, content: Buffer): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0, 100, 'latin1');
  head.write(content.length.toString(8).padStart(11, '0'), 124, 'latin1');
  head.write(kind, 156, 'latin1');
  head.write('ustar\0' + '00', 257, 'latin1');
  return Buffer.concat([head, content, Buffer.alloc(1_024)]);
}

/** Archives: nothing is taken out of any. */
export function archive(draw: Draw): Buffer {
  const name = draw.pick(['image.dcm', '../../etc/passwd', '/etc/passwd', 'a'.repeat(200), '\0', 'x/'.repeat(40)]);
  const content = draw.bytes(draw.below(200));
  const made = draw.pick([
    () => zip(name, draw.pick([content.length, ...EDGES]), content),
    () => tar(name, draw.pick(['0', '1', '2', '5', 'L']), content),
    () => gzipSync(tar(name, '0', content)),
    () => gzipSync(Buffer.alloc(draw.pick([10, 30_000_000]))),
    () => Buffer.concat([Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]), content]),
    () => Buffer.concat([Buffer.from('Rar!\x1a\x07\0', 'latin1'), content]),
  ])();
  return draw.chance(0.2) ? mutate(made, draw, 100) : made;
}
