import { ServingError } from '@medserve/errors';
import { fetchInputs, type EarlierFiles } from './fetch-inputs';
import { parseWishes } from './parse-wishes';

const LIMITS = { bodyBytes: 100, files: 10, bodiesInFlightBytes: 1_000 };
const sent = { bytes: Buffer.from('sent') };

class Kept implements EarlierFiles {
  readonly held: number[] = [];
  readonly reads: string[] = [];

  constructor(
    private readonly size: number,
    private readonly patients: Readonly<Record<string, string>> = {},
  ) {}

  sizeOf(ref: string): Promise<number> {
    return ref === 'file-gone'
      ? Promise.reject(
          new ServingError('not_found', 'There is no file of this id.', { remedy: 'Send it again.', limit: 'days: 1' }),
        )
      : Promise.resolve(this.size);
  }

  read(ref: string) {
    this.reads.push(ref);
    return Promise.resolve({ file: { bytes: Buffer.from(ref) }, patient: this.patients[ref] });
  }

  hold(bytes: number): void {
    this.held.push(bytes);
  }
}

const fetched = (kept: Kept, ...inputs: ({ ref: string } | typeof sent)[]) =>
  fetchInputs({ ...parseWishes({}), inputs }, kept, LIMITS);

describe('files that were sent before', () => {
  it('come in the order in which they are spoken of, and are counted before they are read', async () => {
    const kept = new Kept(30);
    const { files, filedFor } = await fetched(kept, { ref: 'file-1' }, sent, { ref: 'file-2' });
    expect(files.map(({ bytes }) => bytes.toString())).toEqual(['file-1', 'sent', 'file-2']);
    expect(kept.held).toEqual([60]);
    expect(filedFor).toBeUndefined();
  });

  it('say whom they were uploaded for', async () => {
    const { filedFor } = await fetched(new Kept(1, { 'file-2': 'hash' }), { ref: 'file-1' }, { ref: 'file-2' });
    expect(filedFor).toEqual(['hash']);
  });

  it('that are too large together are refused, and none of them is read', async () => {
    const kept = new Kept(30);
    const four = Array.from({ length: 4 }, (_, index) => ({ ref: `file-${String(index)}` }));
    await expect(fetched(kept, ...four)).rejects.toMatchObject({ reason: 'too_large', limit: 'files: 100 bytes' });
    expect([kept.held, kept.reads]).toEqual([[], []]);
  });

  it("that are not there, or another's, are named by their place", async () => {
    await expect(fetched(new Kept(1), sent, { ref: 'file-gone' })).rejects.toMatchObject({
      reason: 'not_found',
      field: 'inputs.1.ref',
      remedy: 'Send it again.',
      limit: 'days: 1',
    });
  });

  it('are none of the business of a request that sends its files', async () => {
    const kept = new Kept(1);
    expect((await fetched(kept, sent)).files).toEqual([sent]);
    expect(kept.held).toEqual([]);
  });
});
