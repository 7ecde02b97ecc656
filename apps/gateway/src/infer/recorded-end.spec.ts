import { nextRecordedEnd } from './recorded-end';

const RESULT = { bytes: Buffer.from('{}'), contentType: 'application/json' };
const SIGNAL = new AbortController().signal;

describe('the end of a request that runs in another gateway', () => {
  it('is what the record says once it has ended', async () => {
    const told = [{ status: 'accepted' }, { status: 'completed', result: RESULT }];
    const records = { find: () => Promise.resolve(told.length > 1 ? told.shift() : told[0]) };
    expect(await nextRecordedEnd(records, 't', 'id', performance.now() + 60_000, SIGNAL)).toBe(RESULT);
  });

  it.each([
    ['runs on', () => Promise.resolve({ status: 'accepted' })],
    ['is not told by the record', () => new Promise<never>(() => undefined)],
  ])('is waited for until the deadline when it %s', async (_, find) => {
    const waiting = nextRecordedEnd({ find }, 't', 'id', performance.now(), SIGNAL);
    await expect(waiting).rejects.toMatchObject({ reason: 'deadline_exceeded' });
  });

  it('is waited for no longer than its caller is there', async () => {
    const find = () => Promise.resolve({ status: 'accepted' });
    const waiting = nextRecordedEnd({ find }, 't', 'id', performance.now() + 60_000, AbortSignal.abort());
    await expect(waiting).rejects.toMatchObject({ reason: 'cancelled' });
  });
});
