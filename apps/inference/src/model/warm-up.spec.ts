import type { AnyTensor } from '@medserve/clinical';
import type { Session } from '@medserve/engines';
import { warmUp } from './warm-up';

/** Notes what it is given. */
const sessionOf = (inputs: Session['inputs'], fails = false) => {
  const runs: (readonly AnyTensor[])[] = [];
  const session: Session = {
    inputs,
    outputs: [],
    run: (feeds) => {
      runs.push(feeds);
      return fails ? Promise.reject(new Error('not to my taste')) : Promise.resolve([]);
    },
    close: () => Promise.resolve(),
  };
  return { session, runs };
};

describe('warmUp', () => {
  it('runs zeros, or empty texts, of the smallest shape once', async () => {
    const { session, runs } = sessionOf([
      { name: 'image', datatype: 'FP16', shape: [-1, 2, -1] },
      { name: 'flag', datatype: 'BOOL', shape: [] },
      { name: 'words', datatype: 'BYTES', shape: [-1, 2] },
    ]);
    await warmUp(session);
    expect(runs).toEqual([
      [
        { name: 'image', datatype: 'FP16', shape: [1, 2, 1], data: new Uint16Array(2) },
        { name: 'flag', datatype: 'BOOL', shape: [], data: new Uint8Array(1) },
        { name: 'words', datatype: 'BYTES', shape: [1, 2], data: ['', ''] },
      ],
    ]);
  });

  it('does not mind a model that does not take them', async () => {
    const { session } = sessionOf([], true);
    await expect(warmUp(session)).resolves.toBeUndefined();
  });
});
