import { ApiError } from '../api';
import { encodeBundle } from '@medserve/ledger';
import { checkRange, type RangeProgress } from './check-range';
import { bundlePath } from './log';
import type { LogSource } from './open-log';
import { verdictOf, withStep, type Step } from './step';
import { entriesFor, GrownLog, newMemory } from './testing/grown-log';

async function check(log: GrownLog, first: number, last?: number, source: Partial<LogSource> = {}) {
  let steps: readonly Step[] = [];
  const seen: RangeProgress[] = [];
  const fault = await checkRange(
    { first, ...(last === undefined ? {} : { last }) },
    {
      source: { ...log.source, ...source },
      memory: newMemory(),
      pause: () => Promise.reject(new Error('nobody should wait here')),
      tell: (step) => (steps = withStep(steps, step)),
    },
    (progress) => seen.push(progress),
  ).then(
    () => undefined,
    (error: unknown) => (error as { fault?: unknown }).fault ?? error,
  );
  return { fault, seen, steps };
}

const gone = (): Promise<never> =>
  Promise.reject(new ApiError({ title: '', status: 404, code: 'not_found', detail: '' }));

describe('checkRange', () => {
  const entries = entriesFor(600);

  it.each([1, 2, 3, 100, 255, 256, 257, 511, 512, 513, 600])('holds for all of a log of %i entries', async (size) => {
    const { fault, seen, steps } = await check(new GrownLog(entries.slice(0, size)), 0, size - 1);
    expect(fault).toBeUndefined();
    expect(verdictOf(steps)).toBe('holds');
    expect(seen.at(-1)).toEqual({ checked: size, withheld: 0, total: size });
  });

  it('looks at whole bundles, and at no more of them than the range touches', async () => {
    const { seen } = await check(new GrownLog(entries), 300, 301);
    expect(seen.map(({ checked }) => checked)).toEqual([0, 256]);
    expect(seen.at(-1)?.total).toBe(256);
  });

  it('reaches to the newest signed entry where no last one is named', async () => {
    const { fault, seen } = await check(new GrownLog(entries), 300);
    expect(fault).toBeUndefined();
    expect(seen.at(-1)).toEqual({ checked: 344, withheld: 0, total: 344 });
  });

  it.each([
    [600, undefined, 600],
    [9_000, 9_001, 9_000],
    [0, 600, 600],
  ])('refuses a range from %d to %s at once, where no entry %d is signed', async (first, last, wanted) => {
    const file = jest.fn((path: string) => new GrownLog(entries).read(path));
    const { fault, seen, steps } = await check(new GrownLog(entries), first, last, { file });
    expect(fault).toMatchObject({ hindrance: 'no-such-entry', values: { wanted, signed: 600 } });
    expect(seen).toEqual([]);
    expect(file.mock.calls.flat().filter((path) => path.includes('entries'))).toEqual([]);
    expect(verdictOf(steps)).toBe('holds');
  });

  it('reports the first difference with its sequence', async () => {
    const log = new GrownLog(entries);
    for (const index of [0, 1]) {
      const some = entries.slice(index * 256, (index + 1) * 256);
      some[index === 0 ? 200 : 3] = Buffer.from('forged');
      log.put(bundlePath(index, 256), encodeBundle(some));
    }
    expect((await check(log, 0, 599)).fault).toMatchObject({ kind: 'leaf-differs', sequence: 200 });
    expect((await check(log, 256, 599)).fault).toMatchObject({ kind: 'leaf-differs', sequence: 259 });
    expect((await check(log, 512, 599)).fault).toBeUndefined();
  });

  it('reports an entry that was taken out, and one that was put in', async () => {
    const log = new GrownLog(entries);
    log.put(bundlePath(1, 256), encodeBundle(entries.slice(257, 512)));
    expect((await check(log, 256, 300)).fault).toMatchObject({ kind: 'bundle-count', expected: 256, found: 255 });
    log.put(bundlePath(1, 256), encodeBundle([Buffer.from('new'), ...entries.slice(256, 511)]));
    expect((await check(log, 256, 300)).fault).toMatchObject({ kind: 'leaf-differs', sequence: 256 });
  });

  it('reports a tile that does not lead to the root', async () => {
    const log = new GrownLog(entries);
    log.flip('tile/0/001', 31);
    expect((await check(log, 256, 300)).fault).toMatchObject({ kind: 'tile-differs', path: 'tile/0/001' });
  });

  it('counts what the log does not give out, and checks the rest', async () => {
    const log = new GrownLog(entries);
    const file = (path: string) => (path === bundlePath(0, 256) ? gone() : log.read(path));
    const { fault, seen } = await check(log, 0, 599, { file });
    expect(fault).toBeUndefined();
    expect(seen.at(-1)).toEqual({ checked: 344, withheld: 256, total: 600 });
  });

  it('looks at no entry when the log itself does not hold', async () => {
    const log = new GrownLog(entries);
    log.note = log.note.replace('600', '601');
    const { seen, steps } = await check(log, 0, 599);
    expect(seen).toEqual([]);
    expect(verdictOf(steps)).toBe('fails');
  });
});
