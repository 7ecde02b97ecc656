import { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { readJpegHeader } from '../../../raster/jpeg-header';
import type { PixelFormat } from '../../pixel-format';
import type { TransferSyntax } from '../../transfer-syntaxes';
import { decodeJpegLossless } from '.';
import { decodeScans } from './decode-scans';
import dcmtk from './dcmtk.fixture.json';
import { encodeJpegLossless, type LosslessImage } from './testing/encode-jpeg-lossless';

const PROCESS_14: TransferSyntax = {
  uid: '1.2.840.10008.1.2.4.57',
  name: 'JPEG Lossless',
  implicitVr: false,
  littleEndian: true,
  deflated: false,
  codec: 'jpeg-lossless',
};

type Size = Pick<LosslessImage, 'width' | 'height' | 'components' | 'precision'>;

const formatOf = ({ width, height, components = 1, precision }: Size): PixelFormat => ({
  rows: height,
  columns: width,
  frames: 1,
  channels: components === 3 ? 3 : 1,
  photometric: components === 3 ? 'RGB' : 'MONOCHROME2',
  bitsAllocated: precision > 8 ? 16 : 8,
  bitsStored: precision,
  highBit: precision - 1,
  signed: false,
  planar: false,
  float: false,
});

const samplesOf = (bytes: Uint8Array, isWide: boolean): number[] =>
  Array.from(isWide ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2) : bytes);

const decoded = (coded: Buffer, size: Size): number[] => {
  const { bytes, bitsAllocated } = decodeJpegLossless(coded, formatOf(size), PROCESS_14);
  return samplesOf(bytes, bitsAllocated === 16);
};

/** What is left of the samples by a point transform. */
const kept = ({ samples, pointTransform = 0 }: LosslessImage): number[] =>
  Array.from(samples, (sample) => (sample >> pointTransform) << pointTransform);

const outcome = (coded: Buffer, size: Size): unknown => {
  try {
    return decoded(coded, size).length;
  } catch (error) {
    return error instanceof ServingError ? error.reason : error;
  }
};

/** Any image that is read here: smooth, so that its codes are short, or noise. */
const images = fc
  .record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    components: fc.constantFrom(1, 3),
    precision: fc.integer({ min: 2, max: 16 }),
    selection: fc.integer({ min: 1, max: 7 }),
    restartLines: fc.integer({ min: 0, max: 3 }),
    interleaved: fc.boolean(),
    tables: fc.constantFrom(['even'] as const, ['long'] as const, ['even', 'long'] as const),
    smooth: fc.boolean(),
  })
  .chain(({ smooth, ...image }) => {
    const { width, height, components, precision } = image;
    const most = 2 ** precision - 1;
    const [length, middle] = [width * height * components, 2 ** (precision - 1)];
    const sample = smooth ? fc.integer({ min: middle - 1, max: middle + 1 }) : fc.integer({ min: 0, max: most });
    return fc.record({
      samples: fc.array(sample, { minLength: length, maxLength: length }),
      pointTransform: fc.integer({ min: 0, max: Math.min(precision - 1, 4) }),
      ...Object.fromEntries(Object.entries(image).map(([name, value]) => [name, fc.constant(value)])),
    }) as unknown as fc.Arbitrary<LosslessImage & { precision: number }>;
  });

const noise = (length: number, precision: number, seed: number): number[] => {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> (32 - precision);
  });
};

describe('JPEG lossless', () => {
  it('comes back as it was written: every prediction, precision, restart interval, point transform and order of scans', () => {
    fc.assert(
      fc.property(images, (image) => {
        expect(decoded(encodeJpegLossless(image), image)).toEqual(kept(image));
      }),
      { numRuns: 600 },
    );
  });

  const selections = [1, 2, 3, 4, 5, 6, 7];
  it.each(selections)('begins anew after a restart marker, with prediction %i, in grey and colour', (selection) => {
    for (const components of [1, 3]) {
      const size = { width: 5, height: 9, components, precision: 16 };
      const image = { ...size, selection, restartLines: 2, samples: noise(45 * components, 16, selection) };
      expect(decoded(encodeJpegLossless(image), image)).toEqual(kept(image));
    }
  });

  it('has its last pixel, whichever bits it shares a byte with before the end of the image', () => {
    for (let seed = 0; seed < 400; seed++) {
      const [precision, components] = [seed % 2 === 0 ? 8 : 12, seed % 3 === 0 ? 3 : 1];
      const samples = noise(99 * components, precision, seed).fill(2 ** precision - 1, 66 * components);
      const image = { width: 11, height: 9, components, precision, samples };
      expect(decoded(encodeJpegLossless(image), image)).toEqual(samples);
    }
  });

  it('differs by 32,768 without more bits, either way', () => {
    const image = { width: 4, height: 1, precision: 16, samples: [0, 32768, 0, 65535] };
    expect(decoded(encodeJpegLossless(image), image)).toEqual(image.samples);
  });

  it('has up to four components', () => {
    const image = { width: 3, height: 2, components: 4, precision: 10, selection: 4, samples: noise(24, 10, 0) };
    for (const interleaved of [true, false]) {
      const coded = encodeJpegLossless({ ...image, interleaved });
      expect(samplesOf(decodeScans(coded, readJpegHeader(coded)), true)).toEqual(image.samples);
    }
  });

  it.each(dcmtk)('is read as DCMTK wrote it: dcmcjpeg $options, $components of $precision bits', (made) => {
    expect(decoded(Buffer.from(made.stream, 'base64'), made)).toEqual(made.samples);
  });

  it('may have bytes and a restart marker before its end, and 0xff before every marker', () => {
    const image = { width: 3, height: 2, precision: 12, restartLines: 1, samples: noise(6, 12, 3) };
    const coded = encodeJpegLossless(image);
    const restart = coded.indexOf(Buffer.from([0xff, 0xd0]));
    const odd = [
      coded.subarray(0, restart),
      [0xff],
      coded.subarray(restart, -2),
      [0, 0xff, 0xd1, 0xff, 0xff, 0xff, 0xd9],
    ];
    expect(decoded(Buffer.concat(odd.map((part) => Buffer.from(part))), image)).toEqual(image.samples);
  });
});

describe('JPEG lossless is refused', () => {
  const image = { width: 6, height: 4, components: 3, precision: 8, samples: noise(72, 8, 5) };
  const coded = encodeJpegLossless({ ...image, restartLines: 2 });
  const changed = (place: number, value: number): Buffer => {
    const bytes = Buffer.from(coded);
    bytes[place] = value;
    return bytes;
  };
  const frame = coded.indexOf(Buffer.from([0xff, 0xc3]));
  const scan = coded.indexOf(Buffer.from([0xff, 0xda]));

  it('by its name where components are subsampled', () => {
    expect(() => decoded(changed(frame + 11, 0x21), image)).toThrow(/JPEG Lossless.*not with subsampled ones/);
    expect(outcome(changed(frame + 11, 0x21), image)).toBe('unsupported_transfer_syntax');
  });

  it.each([
    ['two components have one name', frame + 13, 1],
    ['a scan names a component that is not there', scan + 5, 9],
    ['a scan has a component twice', scan + 7, 1],
    ['a scan has no table', scan + 6, 0x30],
    ['it is predicted as in hierarchical streams', scan + 11, 0],
    ['it is predicted in no known way', scan + 11, 8],
    ['its point transform leaves no bit', scan + 13, 8],
    ['its restart intervals are no whole lines', coded.indexOf(Buffer.from([0xff, 0xdd])) + 5, 13],
    ['a restart marker is missing', coded.indexOf(Buffer.from([0xff, 0xd0])) + 1, 0],
  ])('where %s', (_what, place, value) => {
    expect(outcome(changed(place, value), image)).toBe('unreadable_image');
  });

  it('where a component is missing, or there is a second frame or scan of one', () => {
    const parts = { ...image, interleaved: false };
    const scans = encodeJpegLossless(parts);
    const last = scans.lastIndexOf(Buffer.from([0xff, 0xc4]));
    expect(outcome(scans, image)).toBe(72);
    const [before, third] = [scans.subarray(0, last), scans.subarray(last, -2)];
    const end = scans.subarray(-2);
    expect(outcome(Buffer.concat([before, end]), image)).toBe('unreadable_image');
    expect(outcome(Buffer.concat([before, third, third, end]), image)).toBe('unreadable_image');
    const again = scans.subarray(2, scans.indexOf(Buffer.from([0xff, 0xc4])));
    expect(outcome(Buffer.concat([before, again, third, end]), image)).toBe('unreadable_image');
  });

  it('before anything is allocated, where it is larger than the DICOM header says', () => {
    const large = Buffer.from(coded);
    large.fill(0xff, frame + 5, frame + 9);
    expect(outcome(large, image)).toBe('unreadable_image');
  });

  it('wherever it is cut, and is whole or refused whatever byte is another one', () => {
    for (let length = 0; length < coded.length; length++)
      expect(outcome(coded.subarray(0, length), image)).toBe('unreadable_image');
    const known = [72, 'unreadable_image', 'unsupported_transfer_syntax'];
    for (let length = 0; length < coded.length - 2; length++)
      expect(known).toContain(outcome(Buffer.concat([coded.subarray(0, length), coded.subarray(-2)]), image));
    fc.assert(
      fc.property(fc.nat({ max: coded.length - 1 }), fc.nat({ max: 255 }), (place, value) => {
        expect(known).toContain(outcome(changed(place, value), image));
      }),
      { numRuns: 3000 },
    );
  });
});
