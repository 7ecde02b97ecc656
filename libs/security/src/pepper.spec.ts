import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadPepper } from './pepper';

const place = (): string => join(mkdtempSync(join(tmpdir(), 'medserve-pepper-')), 'keys', 'pepper');

describe('the pepper', () => {
  it('is made once, for its owner only, and read from then on', () => {
    const path = place();
    const made = loadPepper(path);
    expect(made).toHaveLength(32);
    expect(loadPepper(path).equals(made)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toEqual(['pepper']);
  });

  it('is refused when it is damaged, instead of making every key unknown', () => {
    const path = place();
    loadPepper(path);
    writeFileSync(path, '');
    expect(() => loadPepper(path)).toThrow(/damaged/);
  });
});
