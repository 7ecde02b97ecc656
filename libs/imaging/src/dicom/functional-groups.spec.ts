import { dataSetBytes, dicomFile, image, itemBytes, words, type DicomItem } from '@medserve/testkit';
import { decodeStudy } from '../decode/decode-study';
import { DECODE_LIMITS } from '../limits';

const NOTHING = Buffer.alloc(0);
const FOREIGN: DicomItem = {
  0x00180050: ['DS', 77],
  0x00200032: ['DS', [9, 9, 9]],
  0x00200037: ['DS', [0, 1, 0, 0, 0, 1]],
  0x00280030: ['DS', [9, 9]],
  0x00281050: ['DS', 9],
  0x00281051: ['DS', 9],
  0x00281052: ['DS', 9],
  0x00281053: ['DS', 9],
};

/** A sequence with one item, both of undefined length: a reader has to go in to find its end. */
function endless(group: number, element: number, item: DicomItem): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(element, 2);
  const open = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff]);
  const ends = [itemBytes(NOTHING, 0xfffee00d), itemBytes(NOTHING, 0xfffee0dd)];
  return Buffer.concat([head, open, dataSetBytes(item), ...ends]);
}

/** A frame whose groups have foreign sequences around them. */
const frame = (z: number, more: DicomItem = {}): Buffer =>
  itemBytes(
    Buffer.concat([
      endless(0x0008, 0x1140, FOREIGN),
      endless(0x0019, 0x1001, FOREIGN),
      dataSetBytes({ 0x00209113: ['SQ', [{ 0x00200032: ['DS', [0, 0, z]], ...more }]] }),
      endless(0x0021, 0x1001, FOREIGN),
    ]),
  );
const shared: DicomItem = {
  0x00209116: ['SQ', [{ 0x00200037: ['DS', [1, 0, 0, 0, 1, 0]] }]],
  0x00289110: ['SQ', [{ 0x00280030: ['DS', [0.5, 0.25]], 0x00180050: ['DS', 2] }]],
  0x00289132: ['SQ', [{ 0x00281050: ['DS', 40], 0x00281051: ['DS', 400] }]],
  0x00289145: ['SQ', [{ 0x00281052: ['DS', -1024], 0x00281053: ['DS', 2] }]],
};
const enhanced = (more: DicomItem = {}, ofFrame: DicomItem = {}): Buffer =>
  dicomFile(
    image(1, 2, {
      0x00280008: ['IS', 2],
      0x52009229: ['SQ', [shared]],
      0x52009230: ['SQ', Buffer.concat([frame(0, ofFrame), frame(2, ofFrame)])],
      0x7fe00010: ['OW', words(1, 2, 3, 4)],
      ...more,
    }),
  );
/** A data set in implicit VR little endian: of sequences the items alone are given. */
const implicitly = (elements: DicomItem): Buffer =>
  Buffer.concat(
    Object.entries(elements).map(([tag, [vr, value]]) => {
      const explicit = dataSetBytes({ [Number(tag)]: [vr, value] });
      const length = Buffer.alloc(4);
      const body = vr === 'SQ' ? sequence(value as readonly DicomItem[]) : explicit.subarray(8);
      length.writeUInt32LE(body.length);
      return Buffer.concat([explicit.subarray(0, 4), length, body]);
    }),
  );
const sequence = (items: readonly DicomItem[]): Buffer =>
  Buffer.concat(items.map((item) => itemBytes(implicitly(item))));
/** Every sequence as a node passes it on that does not know it: UN of a defined length (PS3.5 6.2.2). */
const unknown = (more: DicomItem = {}): Buffer =>
  enhanced({
    0x52009229: ['UN', sequence([shared])],
    0x52009230: ['UN', sequence([0, 2].map((z) => ({ 0x00209113: ['SQ', [{ 0x00200032: ['DS', [0, 0, z]] }]] })))],
    ...more,
  });
const decoded = (bytes: Buffer) => decodeStudy([{ bytes }], DECODE_LIMITS);

describe('functional groups', () => {
  const AS_SHARED = {
    rescale: { slope: 2, intercept: -1024 },
    geometry: {
      spacingMm: { row: 0.5, column: 0.25 },
      rowDirection: [1, 0, 0],
      columnDirection: [0, 1, 0],
      slicePositionsMm: [
        [0, 0, 0],
        [0, 0, 2],
      ],
      sliceThicknessMm: 2,
    },
  };

  it('are the sequences of the standard: what private and other ones hold says nothing of the frame', async () => {
    const study = await decoded(enhanced());
    expect(study.decoded).toMatchObject(AS_SHARED);
    expect(study.window).toEqual({ centre: 40, width: 400 });
  });

  it('are read where a node between did not know them (UN of a defined length)', async () => {
    const study = await decoded(unknown());
    expect(study.decoded).toMatchObject(AS_SHARED);
    expect(study.window).toEqual({ centre: 40, width: 400 });
  });

  it('are nothing where what is of unknown VR holds no items', async () => {
    const study = await decoded(unknown({ 0x52009230: ['UN', Buffer.from('no item at all')] }));
    expect(study.decoded.kind).toBe('picture');
    expect(study.warnings).toEqual([expect.stringMatching(/^Frame 2 of 2/)]);
  });

  it('that name several stacks or time points are of no one volume, though each frame has its own place', async () => {
    const contents = (...items: readonly DicomItem[]): Buffer =>
      enhanced({
        0x52009230: [
          'SQ',
          items.map((item, z) => ({
            0x00209111: ['SQ', [item]],
            0x00209113: ['SQ', [{ 0x00200032: ['DS', [0, 0, 2 * z]] }]],
          })),
        ],
      });
    const stack = (id: string): DicomItem => ({ 0x00209056: ['SH', id] });
    const moment = (index: number): DicomItem => ({ 0x00209128: ['UL', Buffer.from([index, 0, 0, 0])] });
    expect((await decoded(contents(stack('1'), stack('1')))).decoded).toMatchObject(AS_SHARED);
    await expect(decoded(contents(stack('1'), stack('2')))).rejects.toMatchObject({
      reason: 'mixed_series',
      message: expect.stringContaining('stack') as string,
    });
    expect((await decoded(contents(moment(4), moment(4)))).decoded).toMatchObject(AS_SHARED);
    await expect(decoded(contents(moment(1), moment(2)))).rejects.toMatchObject({
      reason: 'mixed_series',
      message: expect.stringContaining('2 time points') as string,
    });
  });

  it('say nothing but what belongs to each', async () => {
    expect((await decoded(enhanced({}, { 0x00280030: ['DS', [9, 9]], 0x00281053: ['DS', 9] }))).decoded).toMatchObject(
      AS_SHARED,
    );
  });

  it('of X-rays have the pixel spacing at the detector', async () => {
    const atDetector: DicomItem = { 0x00289443: ['SQ', [{ 0x00181164: ['DS', [0.2, 0.3]] }]] };
    const study = await decoded(enhanced({ 0x00280008: ['IS', 2], 0x52009229: ['SQ', [atDetector]] }));
    expect(study.decoded).toMatchObject({ spacingMm: { row: 0.2, column: 0.3 } });
  });
});
