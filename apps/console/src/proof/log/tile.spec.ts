import * as ledger from '@medserve/ledger';
import fc from 'fast-check';
import { bundlePath, entriesOf, hashesOf, tilePath, tileWidth } from './tile';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

describe('places of a tiled log', () => {
  it('are called as libs/ledger calls them', () => {
    const whole = fc.nat({ max: 2 ** 40 });
    fc.assert(
      fc.property(fc.nat({ max: 5 }), whole, fc.integer({ min: 1, max: 256 }), whole, (level, index, width, size) => {
        expect(tilePath({ level, index }, width)).toBe(ledger.tilePath({ level, index }, width));
        expect(bundlePath(index, width)).toBe(ledger.bundlePath(index, width));
        expect(tileWidth(size, { level, index })).toBe(ledger.tileWidth(size, { level, index }));
      }),
    );
    expect(tilePath({ level: 0, index: 1_234_067 }, 256)).toBe('tile/0/x001/x234/067');
  });
});

describe('entriesOf', () => {
  it('gives back what libs/ledger put together', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }), (entries) => {
        const bundle = new Uint8Array(ledger.encodeBundle(entries.map((entry) => Buffer.from(entry))));
        expect(entriesOf(bundle, entries.length, 'b').map((entry) => [...entry])).toEqual(entries.map((e) => [...e]));
      }),
    );
  });

  it.each([bytes(0), bytes(0, 4, 1), bytes(0, 1, 7, 0), bytes(255, 255)])('says of %j that it is cut off', (bundle) => {
    expect(() => entriesOf(bundle, 1, 'b')).toThrow(
      expect.objectContaining({ fault: { kind: 'bundle-cut', path: 'b' } }) as Error,
    );
  });

  it('says when entries are missing or too many', () => {
    expect(() => entriesOf(bytes(0, 1, 7), 2, 'b')).toThrow(
      expect.objectContaining({ fault: { kind: 'bundle-count', path: 'b', expected: 2, found: 1 } }) as Error,
    );
  });
});

describe('hashesOf', () => {
  it('takes no tile of another width', () => {
    expect(hashesOf(new Uint8Array(64), 2, 't')).toHaveLength(2);
    expect(() => hashesOf(new Uint8Array(63), 2, 't')).toThrow('tile-size');
    expect(() => hashesOf(new Uint8Array(96), 2, 't')).toThrow('tile-size');
  });
});
