import { mkdtempSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HomeInUseError, lockHome } from './lock';

const place = (): string => join(mkdtempSync(join(tmpdir(), 'medserve-lock-')), 'lock');

describe('the lock of a home', () => {
  it('is held by one process at a time', () => {
    const path = place();
    const unlock = lockHome(path);
    expect(() => lockHome(path)).toThrow(HomeInUseError);
    unlock();
    expect(existsSync(path)).toBe(false);
    lockHome(path)();
  });

  it.each([
    ['a dead process', { pid: 2 ** 22 + 1, startedAt: '1' }],
    ['an earlier process with the pid of a living one', { pid: process.pid, startedAt: '1' }],
  ])('is taken over from %s', (_name, holder) => {
    const path = place();
    writeFileSync(path, JSON.stringify(holder));
    expect(() => lockHome(path)).not.toThrow();
  });

  it('is taken over when the file is damaged', () => {
    const path = place();
    writeFileSync(path, '{"pid":');
    expect(() => lockHome(path)).not.toThrow();
  });
});
