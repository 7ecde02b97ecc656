import { deflateRawSync, gzipSync } from 'node:zlib';
import {
  dataSetBytes,
  dicomFile,
  elementBytes,
  encapsulated,
  image,
  itemBytes,
  type DicomItem,
} from '@medserve/testkit';
import type { Reason } from '@medserve/errors';
import { syntheticSlice } from '../../support/synthetic';
import { Draw } from '../support/draw';
import { greyTiff, slide, tar, zip } from './containers';
import { SYNTAXES } from './images';

/** What nobody should send, and the refusal that it gets. */
export interface NamedImage {
  readonly name: string;
  readonly status: number;
  readonly code: Reason;
  readonly make: () => Buffer;
}

const UNREADABLE = { status: 422, code: 'unreadable_image' } as const;
const TOO_LARGE = { status: 413, code: 'too_large' } as const;
const OTHER_KIND = { status: 415, code: 'unsupported_media' } as const;

const pixels = (more: DicomItem, bytes = 128): Buffer =>
  dicomFile(image(8, 8, { 0x7fe00010: ['OW', Buffer.alloc(bytes)], ...more }));

/** Sequences inside sequences, none of which says how long it is: these are entered, whatever they are. */
function nested(depth: number): Buffer {
  const head = Buffer.from([8, 0, 0x15, 0x11, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const end = itemBytes(Buffer.alloc(0), 0xfffee0dd);
  let inside = dataSetBytes({ 0x00080060: ['CS', 'CT'] });
  for (let level = 0; level < depth; level += 1) inside = Buffer.concat([head, itemBytes(inside), end]);
  return dicomFile(inside);
}

const u16 = (value: number): Buffer => Buffer.from([value >>> 8, value & 255]);
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

/** A JPEG 2000 codestream of a hundred bytes for an object of 64 x 64. */
function jpeg2000({ edge = 64, tile = 64, bits = 7, step = 1 }): Buffer {
  const size = [u16(0), u32(edge), u32(edge), u32(0), u32(0), u32(tile), u32(tile), u32(0), u32(0), u16(1)];
  const segment = (marker: number, body: Buffer): Buffer => Buffer.concat([u16(marker), u16(body.length + 2), body]);
  const stream = Buffer.concat([
    u16(0xff4f),
    segment(0xff51, Buffer.concat([...size, Buffer.from([bits, step, step])])),
    segment(0xff52, Buffer.from([0, 0, 0, 1, 0, 5, 4, 4, 0, 1])),
    segment(0xff5c, Buffer.from([0x40, 0x40])),
    ...[u16(0xff90), u16(10), u16(0), u32(14), Buffer.from([0, 1]), u16(0xff93), u16(0xffd9)],
  ]);
  return dicomFile(Buffer.concat([dataSetBytes(image(64, 64)), encapsulated(stream)]), SYNTAXES.jpeg2000);
}

interface NiftiFields {
  readonly dims?: readonly number[];
  readonly offset?: number;
  readonly magic?: string;
  readonly datatype?: number;
  readonly sform?: number;
}

function nifti({ dims = [3, 4, 4, 4], offset = 352, magic = 'n+1\0', datatype = 4, sform = 0 }: NiftiFields): Buffer {
  const file = Buffer.alloc(352 + 128);
  file.writeInt32LE(348, 0);
  [...dims, ...Array<number>(8).fill(1)].slice(0, 8).forEach((size, axis) => file.writeInt16LE(size, 40 + 2 * axis));
  file.writeInt16LE(datatype, 70);
  file.writeInt16LE(16, 72);
  for (let axis = 0; axis < 8; axis += 1) file.writeFloatLE(1, 76 + 4 * axis);
  file.writeFloatLE(offset, 108);
  file.writeInt16LE(sform, 254);
  file.write(magic, 344, 'latin1');
  return file;
}

/** The kinds that are known to have broken readers of images, one of each. */
export const NAMED_IMAGES: readonly NamedImage[] = [
  { name: 'a DICOM file that ends in its pixels', ...UNREADABLE, make: () => syntheticSlice(1).subarray(0, -900) },
  {
    name: 'an element that is longer than the file',
    ...UNREADABLE,
    make: () => dicomFile(Buffer.from([8, 0, 0x60, 0, 0x55, 0x4e, 0, 0, 0xf0, 0xff, 0xff, 0x7f])),
  },
  { name: 'sequences 33 deep', ...TOO_LARGE, make: () => nested(33) },
  {
    name: '100,001 elements',
    ...TOO_LARGE,
    make: () =>
      dicomFile(Buffer.concat(Array.from({ length: 100_001 }, (_, at) => elementBytes(0x00090000 + at, 'SH', 'a')))),
  },
  {
    name: 'a sequence that never ends',
    ...UNREADABLE,
    make: () =>
      dicomFile(Buffer.from([8, 0, 0x15, 0x11, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0])),
  },
  {
    name: 'a deflated object of a thousand times its size',
    ...TOO_LARGE,
    make: () => dicomFile(deflateRawSync(Buffer.alloc(64e6)), SYNTAXES.deflated),
  },
  {
    name: 'a video',
    status: 422,
    code: 'unsupported_transfer_syntax',
    make: () => dicomFile(Buffer.concat([dataSetBytes(image(8, 8)), encapsulated(Buffer.alloc(8))]), SYNTAXES.mpeg2),
  },
  { name: 'more bits stored than allocated', ...UNREADABLE, make: () => pixels({ 0x00280101: ['US', 17] }) },
  {
    name: '65,535 x 65,535 pixels',
    ...TOO_LARGE,
    make: () => pixels({ 0x00280010: ['US', 65_535], 0x00280011: ['US', 65_535] }),
  },
  { name: '2,001 frames', ...TOO_LARGE, make: () => pixels({ 0x00280008: ['IS', 2_001] }) },
  { name: 'a thousand frames in the bytes of one', ...UNREADABLE, make: () => pixels({ 0x00280008: ['IS', 1_000] }) },
  {
    name: 'a palette that is shorter than it says',
    ...UNREADABLE,
    make: () =>
      pixels({
        0x00280004: ['CS', 'PALETTE COLOR'],
        ...Object.fromEntries(
          [1, 2, 3].flatMap((n): [number, readonly [string, number[] | Buffer]][] => [
            [0x00281100 + n, ['US', [256, 0, 16]]],
            [0x00281200 + n, ['OW', Buffer.alloc(4)]],
          ]),
        ),
      }),
  },
  {
    name: 'a codestream without its fragments',
    ...UNREADABLE,
    make: () => dicomFile(Buffer.concat([dataSetBytes(image(8, 8)), encapsulated()]), SYNTAXES.jpeg2000),
  },
  { name: 'JPEG 2000 of two thousand million columns', ...UNREADABLE, make: () => jpeg2000({ edge: 0x7fff_ffff }) },
  { name: 'JPEG 2000 in tiles of one pixel', ...UNREADABLE, make: () => jpeg2000({ tile: 1 }) },
  { name: 'JPEG 2000 in tiles of none', ...UNREADABLE, make: () => jpeg2000({ tile: 0 }) },
  { name: 'JPEG 2000 of 38 bits', ...UNREADABLE, make: () => jpeg2000({ bits: 37 }) },
  { name: 'JPEG 2000 that takes every second pixel', ...UNREADABLE, make: () => jpeg2000({ step: 2 }) },
  { name: 'JPEG 2000 that takes no pixel', ...UNREADABLE, make: () => jpeg2000({ step: 0 }) },
  {
    name: 'a slide of sixteen million million pixels',
    ...TOO_LARGE,
    make: () =>
      slide(new Draw(1), {
        0x00209311: ['CS', 'TILED_FULL'],
        0x00280008: ['IS', 4],
        0x00480006: ['UL', Buffer.from([0, 0, 64, 0])],
        0x00480007: ['UL', Buffer.from([0, 0, 64, 0])],
      }),
  },
  {
    name: 'a slide of a million and one tiles',
    ...TOO_LARGE,
    make: () => slide(new Draw(1), { 0x00280008: ['IS', 1_000_001] }),
  },
  { name: 'NIfTI of another magic', ...OTHER_KIND, make: () => nifti({ magic: 'n+9\0' }) },
  {
    name: 'NIfTI of seven axes of 32,767',
    ...TOO_LARGE,
    make: () => nifti({ dims: [7, ...Array<number>(7).fill(32_767)] }),
  },
  { name: 'NIfTI of three axes of 32,767', ...TOO_LARGE, make: () => nifti({ dims: [3, 32_767, 32_767, 32_767] }) },
  { name: 'NIfTI with an axis of -1', ...UNREADABLE, make: () => nifti({ dims: [3, 4, -1, 4] }) },
  { name: 'NIfTI whose samples begin before it', ...UNREADABLE, make: () => nifti({ offset: -352 }) },
  { name: 'NIfTI whose samples begin behind it', ...UNREADABLE, make: () => nifti({ offset: 1e9 }) },
  { name: 'NIfTI without a place in space', ...UNREADABLE, make: () => nifti({ sform: 1 }) },
  { name: 'NIfTI of complex numbers', ...OTHER_KIND, make: () => nifti({ datatype: 32 }) },
  {
    name: 'a gzip bomb that begins as NIfTI',
    ...UNREADABLE,
    make: () => gzipSync(Buffer.concat([nifti({ dims: [3, 300, 300, 300] }), Buffer.alloc(30e6)])),
  },
  { name: 'a TIFF whose directories run in a circle', ...UNREADABLE, make: () => greyTiff(8, 8, {}, 72) },
  { name: 'a TIFF whose directory is not in it', ...UNREADABLE, make: () => greyTiff(8, 8, {}, 0xffff_fff0) },
  {
    name: 'a TIFF whose pixels are not in it',
    ...UNREADABLE,
    make: () => greyTiff(8, 8, { 273: [4, 1, 0xffff_fff0] }),
  },
  { name: 'a TIFF of 100,000 x 100,000 pixels', ...TOO_LARGE, make: () => greyTiff(100_000, 100_000) },
  { name: 'a TIFF of floats', ...OTHER_KIND, make: () => greyTiff(4, 4, { 258: [3, 1, 32], 339: [3, 1, 3] }) },
  { name: 'a TIFF of JPEG 2000 tiles', ...OTHER_KIND, make: () => greyTiff(8, 8, { 259: [3, 1, 33_005] }) },
  {
    name: 'a ZIP that climbs out of its folder',
    ...OTHER_KIND,
    make: () => zip('../../etc/passwd', 4, Buffer.from('root')),
  },
  { name: 'a ZIP that lies about its size', ...OTHER_KIND, make: () => zip('image.dcm', 0xffff_ffff, Buffer.alloc(4)) },
  { name: 'a TAR with a link to the root', ...OTHER_KIND, make: () => tar('/', '2', Buffer.alloc(0)) },
  { name: 'a TAR in gzip', ...OTHER_KIND, make: () => gzipSync(tar('image.dcm', '0', syntheticSlice(2))) },
  { name: 'a gzip bomb of nothing', ...OTHER_KIND, make: () => gzipSync(Buffer.alloc(64e6)) },
  {
    name: 'a program',
    ...OTHER_KIND,
    make: () => Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc(200)]),
  },
];
