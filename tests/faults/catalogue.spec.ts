import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/platform';

const FAULTS = { F: 80, D: 11 };
const ROW = /^\| ([FD]\d\d) +\| .* \| (?:`([^`]+)`: (.+?)|not yet: (.+?)) +\|$/gm;

const catalogue = [...readFileSync(join(ROOT, 'docs', 'faults.md'), 'utf8').matchAll(ROW)].map(
  ([, id, file, words, reason]) => ({ id, file, words, reason }),
);

describe('the catalogue of faults', () => {
  it('names every fault once, in order', () => {
    const ids = Object.entries(FAULTS).flatMap(([letter, length]) =>
      Array.from({ length }, (_, index) => letter + String(index + 1).padStart(2, '0')),
    );
    expect(catalogue.map(({ id }) => id)).toEqual(ids);
  });

  it('names tests that are there, by words that stand in them', () => {
    const missing = catalogue.filter(({ file, words, reason }) => {
      if (reason !== undefined) return false;
      const path = join(ROOT, file ?? '');
      return !existsSync(path) || !readFileSync(path, 'utf8').includes(words ?? '');
    });
    expect(missing).toEqual([]);
  });
});
