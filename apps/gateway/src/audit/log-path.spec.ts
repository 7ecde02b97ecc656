import fc from 'fast-check';
import { bundlePath, tilePath } from '@medserve/ledger';
import { parseLogPath } from './log-path';

const index = fc.integer({ min: 0, max: 10 ** 12 });
const width = fc.integer({ min: 1, max: 256 });

describe('parseLogPath', () => {
  it('reads back every path that the log writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 63 }), index, width, (level, at, wide) => {
        const place = { level, index: at };
        expect(parseLogPath(tilePath(place, wide))).toEqual({ kind: 'tile', place, width: wide });
        expect(parseLogPath(bundlePath(at, wide))).toEqual({ kind: 'entries', index: at, width: wide });
      }),
    );
  });

  it.each([
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/001.p/256',
    'tile/0/001.p/0',
    'tile/0/001.p/01',
    'tile/00/001',
    'tile/64/001',
    'tile/0/../001',
    'tile/0/001/',
    'tile/entries/1',
    'tile/0/001?',
    'checkpoint',
    '',
  ])('takes %j for no place', (path) => {
    expect(parseLogPath(path)).toBeUndefined();
  });
});
