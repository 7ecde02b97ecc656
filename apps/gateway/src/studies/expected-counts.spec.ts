import type { OpenedInstance } from '@medserve/archive';
import { dicomFile } from '@medserve/testkit';
import { ExpectedCounts } from './expected-counts';

const KEY = { tenant: 'north', studyUid: '1.2.3', generation: 1 };
/** Preamble, prefix and the one element of file meta information that `dicomFile` writes. */
const metaBytes = dicomFile(Buffer.alloc(0)).length;

function rig(file: Buffer, transferSyntaxUid = '1.2.840.10008.1.2.1') {
  let reads = 0;
  const opened = {
    instance: { transferSyntaxUid },
    bytes: file.length,
    dataSetOffset: metaBytes,
    readPart: (start: number, length: number) => {
      reads += 1;
      return Promise.resolve(file.subarray(start, start + length));
    },
  } as unknown as OpenedInstance;
  const counts = new ExpectedCounts({ open: () => Promise.resolve([opened]) });
  return { of: (series: string) => counts.of(KEY, series, `${series}.1`), reads: () => reads };
}

describe('what a header says of how many there are', () => {
  it('is read once a series', async () => {
    const { of, reads } = rig(dicomFile({ 0x00201208: ['IS', 40], 0x00201209: ['IS', 20] }));
    expect(await of('1.1')).toEqual({ ofStudy: 40, ofSeries: 20 });
    expect(await of('1.1')).toEqual({ ofStudy: 40, ofSeries: 20 });
    expect(reads()).toBe(1);
  });

  it.each([
    ['nothing', dicomFile({ 0x00100020: ['LO', 'x'] })],
    ['no count', dicomFile({ 0x00201208: ['IS', 'many'], 0x00201209: ['IS', 0] })],
    ['what cannot be read', dicomFile(Buffer.from('\x20\0\x08\x12IS\xff\x7f40', 'latin1'))],
  ])('is nothing where it is %s', async (_, file) => {
    expect(await rig(file).of('1.1')).toEqual({});
  });

  it('is nothing of a deflated file, which would have to be inflated for it', async () => {
    const { of, reads } = rig(dicomFile({ 0x00201208: ['IS', 40] }), '1.2.840.10008.1.2.1.99');
    expect([await of('1.1'), reads()]).toEqual([{}, 0]);
  });
});
