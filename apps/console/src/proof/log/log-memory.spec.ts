import { leafHash } from '@medserve/ledger';
import { hexOf } from './bytes';
import { LogMemory } from './log-memory';

function shelf(first?: string) {
  const kept = new Map(first === undefined ? [] : [['medserve.logs', first]]);
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    get text() {
      return kept.get('medserve.logs') ?? '';
    },
  };
}

const root = new Uint8Array(leafHash(Buffer.from('x')));

describe('LogMemory', () => {
  it('keeps the newest checkpoint of each log, and the key that was seen first', () => {
    const memory = new LogMemory(shelf());
    memory.keep({ origin: 'a', size: 3, root }, 'first');
    memory.keep({ origin: 'b', size: 9, root }, 'other');
    memory.keep({ origin: 'a', size: 5, root }, 'second');
    expect(memory.recall('a')).toMatchObject({ size: 5, key: 'first' });
    expect(hexOf(memory.recall('b')?.root ?? root)).toBe(hexOf(root));
    memory.forget('a');
    expect(memory.recall('a')).toBeUndefined();
    expect(memory.recall('b')?.size).toBe(9);
  });

  it('forgets the log that was seen last longest ago once there are more than 32', () => {
    const memory = new LogMemory(shelf());
    for (let at = 0; at < 33; at += 1) {
      memory.keep({ origin: `log ${String(at)}`, size: at, root }, 'key');
      memory.keep({ origin: 'log 0', size: at, root }, 'key');
    }
    expect(memory.recall('log 0')?.size).toBe(32);
    expect(memory.recall('log 1')).toBeUndefined();
    expect(memory.recall('log 2')?.size).toBe(2);
  });

  it.each(['', '{', '{}', '[1]', '[["a",1,"no hash!","key"]]', '[["a","1","AA==","key"]]'])(
    'begins anew where what is kept is damaged: %j',
    (text) => {
      const kept = shelf(text);
      const memory = new LogMemory(kept);
      expect(memory.recall('a')).toBeUndefined();
      memory.keep({ origin: 'a', size: 1, root }, 'key');
      expect(memory.recall('a')?.size).toBe(1);
      expect(JSON.parse(kept.text)).toHaveLength(1);
    },
  );
});
