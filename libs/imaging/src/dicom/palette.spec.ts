import { dicomFile, image, words, type DicomItem } from '@medserve/testkit';
import { DECODE_LIMITS } from '../limits';
import { decodeDicom } from '../decode/decode-dicom';

/** An image of the stored values 0, 1, 2 ... and its palette; green and blue are as red unless something else is said. */
const coloured = (count: number, bits: 8 | 16, red: Buffer, more: DicomItem = {}): DicomItem => ({
  ...image(1, count, {
    0x00280004: ['CS', 'PALETTE COLOR'],
    0x7fe00010: ['OW', words(...Array.from({ length: count }, (_, index) => index))],
  }),
  0x00281101: ['US', [count, 0, bits]],
  0x00281102: ['US', [count, 0, bits]],
  0x00281103: ['US', [count, 0, bits]],
  0x00281221: ['OW', red],
  0x00281222: ['OW', red],
  0x00281223: ['OW', red],
  ...more,
});

async function channels(elements: DicomItem): Promise<number[][]> {
  const { samples } = (await decodeDicom(dicomFile(elements), DECODE_LIMITS)).decoded;
  return [0, 1, 2].map((channel) => [...samples.filter((_, index) => index % 3 === channel)]);
}

const red = async (...palette: Parameters<typeof coloured>): Promise<number[] | undefined> =>
  (await channels(coloured(...palette)))[0];

/** Discrete, linear and indirect segments, with values of 8 bits. */
const discrete = (...values: number[]): number[] => [0, values.length, ...values];
const linear = (length: number, to: number): number[] => [1, length, to];
const bytes = (...segments: number[][]): Buffer => Buffer.from(segments.flat());

describe('a palette in segments', () => {
  it('has the entries of discrete segments, and lines up to what linear ones name', async () => {
    expect(await red(8, 8, bytes(discrete(10, 7), linear(4, 27), linear(2, 17)))).toEqual([
      10, 7, 12, 17, 22, 27, 22, 17,
    ]);
  });

  it('is one for each colour', async () => {
    const own: DicomItem = {
      0x00281222: ['OW', bytes(discrete(9), linear(2, 5))],
      0x00281223: ['OW', bytes(discrete(1, 2, 3))],
    };
    expect(await channels(coloured(3, 8, bytes(discrete(0), linear(2, 200)), own))).toEqual([
      [0, 100, 200],
      [9, 7, 5],
      [1, 2, 3],
    ]);
  });

  it('takes segments once more, from an offset in bytes', async () => {
    // The segments begin at 0, 5 and 8; the linear one begins at the entry before it, wherever it is copied to.
    const segments = [discrete(1, 2, 3), linear(2, 7), [2, 2, 0, 0, 0, 0], [2, 1, 5, 0, 0, 0], discrete(9)];
    expect(await red(13, 8, bytes(...segments))).toEqual([1, 2, 3, 5, 7, 1, 2, 3, 5, 7, 7, 7, 9]);
  });

  it('has words for its fields where its values have 16 bits, of which the upper byte is shown', async () => {
    const segments = words(0, 2, 0x0100, 0x0200, 1, 2, 0x0600, 2, 1, 8, 0, 2, 1, 0, 0);
    expect(await red(8, 16, segments)).toEqual([1, 2, 4, 6, 6, 6, 1, 2]);
  });

  it('gives way to the table, where there are both', async () => {
    const table: DicomItem = { 0x00281201: ['OW', Buffer.of(5, 6)] };
    expect((await channels(coloured(2, 8, bytes(discrete(1, 2)), table)))[0]).toEqual([5, 6]);
  });

  it.each([
    ['has fewer entries than its descriptor announces', bytes(discrete(1, 2))],
    ['has more entries than its descriptor announces', bytes(discrete(1, 2, 3, 4, 5, 6))],
    ['has more entries than its descriptor announces', bytes(discrete(1, 2, 3, 4), discrete(5, 6))],
    ['has more entries than its descriptor announces', bytes(discrete(1), [2, 1, 9, 0, 0, 0], linear(255, 9))],
    ['ends inside of a segment', Buffer.of(0, 4, 1, 2)],
    ['ends inside of a segment', bytes(discrete(1, 2, 3), [2, 1, 200, 0, 0, 0])],
    ['does not begin with a discrete segment', bytes(linear(4, 9))],
    ['does not begin with a discrete segment', Buffer.of(2, 1, 0, 0, 0, 0)],
    ['has a segment of no known kind', bytes(discrete(1, 2), [3, 2], [1, 2])],
    ['has a segment of no length', bytes(discrete(1, 2), [0, 0], linear(2, 9))],
    ['has an indirect segment that copies another one', bytes(discrete(1), [2, 1, 3, 0, 0, 0])],
  ])('that %s is refused by its element', async (what, segments) => {
    await expect(channels(coloured(4, 8, segments))).rejects.toMatchObject({
      reason: 'unreadable_image',
      message: `The colour palette (0028,1221) ${what}.`,
    });
  });

  it('copies from whole values only', async () => {
    await expect(red(4, 16, words(0, 2, 1, 2, 2, 1, 1, 0))).rejects.toMatchObject({
      message: 'The colour palette (0028,1221) has an indirect segment that copies from within a value.',
    });
  });
});

describe('a palette', () => {
  it('that is nowhere is missed', async () => {
    const none: DicomItem = { 0x00281221: ['OW', Buffer.alloc(0)] };
    await expect(red(4, 8, bytes(discrete(1, 2, 3, 4)), none)).rejects.toMatchObject({ reason: 'unreadable_image' });
  });
});
