import { createHash } from 'node:crypto';
import type { Correction } from './corrections';
import { SealedCorrections } from './sealed-corrections';

const PLACE = { tenant: 't', request: 'r', review: 'v' };

describe('SealedCorrections', () => {
  const sealed: Buffer[] = [];
  const corrections = new SealedCorrections({
    store: { keyOfAnswer: () => Promise.resolve('key') },
    vault: {
      sealBeside: (_key, _place, plain) => {
        sealed.push(plain);
        return Promise.resolve(plain);
      },
      seal: () => Promise.reject(new Error('the answer has a key')),
      openUnlessShredded: (_place, stored) => Promise.resolve(stored),
    },
    now: () => new Date(),
  });
  beforeEach(() => (sealed.length = 0));

  const relabelled = (display: string, count: number): Correction[] =>
    Array.from({ length: count }, (_, index) => ({
      target: 'answer',
      action: 'relabel',
      index,
      label: { code: 'L', display },
    }));

  it('hashes what it seals, with a salt of its own each time', async () => {
    const [one, other] = [
      await corrections.keep(PLACE, relabelled('liver', 1)),
      await corrections.keep(PLACE, relabelled('liver', 1)),
    ];
    expect(one.sha256).not.toBe(other.sha256);
    expect(sealed.map((plain) => createHash('sha256').update(plain).digest('hex'))).toEqual([one.sha256, other.sha256]);
    expect(await corrections.open(PLACE, one.sealed)).toMatchObject({ corrections: relabelled('liver', 1) });
  });

  it('refuses more than a row holds, as labels of a model may be long, and seals nothing of it', async () => {
    await expect(corrections.keep(PLACE, relabelled('é'.repeat(1_000), 100))).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'corrections',
    });
    expect(sealed).toEqual([]);
  });
});
