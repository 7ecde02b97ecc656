import { writeDataSet, type DataSetOut, type ElementOut } from '@medserve/imaging';
import { encodeFor, IMPLICIT_LITTLE_ENDIAN } from './implicit-vr';

const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG = '1.2.840.10008.1.2.4.50';

const inner: DataSetOut = new Map<number, ElementOut>([
  [0x00080100, { vr: 'SH', value: '121071' }],
  [0x00080104, { vr: 'LO', value: 'Finding' }],
]);
const nested: DataSetOut = new Map<number, ElementOut>([[0x0040a043, { vr: 'SQ', items: [inner] }]]);
const dataSet: DataSetOut = new Map<number, ElementOut>([
  [0x00080016, { vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.88.34' }],
  [0x00080018, { vr: 'UI', value: '2.25.1' }],
  [0x0040a043, { vr: 'SQ', items: [inner, nested, new Map()] }],
  [0x0040a730, { vr: 'SQ', items: [] }],
  [0x7fe00010, { vr: 'OW', bytes: Buffer.from([1, 2, 3, 4]) }],
]);

describe('a data set for a receiver that takes implicit VR alone', () => {
  it('is, to the byte, as it would have been written in it', () => {
    const encoded = encodeFor(writeDataSet(dataSet), EXPLICIT, IMPLICIT_LITTLE_ENDIAN);
    expect(encoded?.equals(writeDataSet(dataSet, { implicitVr: true, littleEndian: true }))).toBe(true);
  });

  it('is left as it is for one that takes it so', () => {
    const kept = Buffer.from('kept');
    expect(encodeFor(kept, JPEG, JPEG)).toBe(kept);
  });

  it.each([
    ['it is compressed', JPEG, writeDataSet(dataSet)],
    ['it is cut short', EXPLICIT, writeDataSet(dataSet).subarray(0, -1)],
    [
      'its lengths are not defined',
      EXPLICIT,
      Buffer.from([0x40, 0, 0x30, 0xa7, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    ],
    ['it is something else', EXPLICIT, Buffer.from('something else')],
  ])('cannot be had where %s', (_, from, kept) => {
    expect(encodeFor(kept, from, IMPLICIT_LITTLE_ENDIAN)).toBeUndefined();
  });
});
