import fc from 'fast-check';
import { decodeBundle, encodeBundle } from './bundle';
import { bundlePath, tilePath } from './tile';

describe('entry bundles', () => {
  it('give back the entries they were made of', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }), (entries) => {
        const buffers = entries.map((entry) => Buffer.from(entry));
        expect(decodeBundle(encodeBundle(buffers))).toEqual(buffers);
      }),
    );
  });

  it('hold entries of up to 65,535 bytes', () => {
    expect(decodeBundle(encodeBundle([Buffer.alloc(65_535)]))[0]).toHaveLength(65_535);
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow(RangeError);
  });

  it('are refused when cut off', () => {
    expect(() => decodeBundle(Buffer.of(0, 4, 1))).toThrow(RangeError);
  });
});

describe('paths of a tiled log', () => {
  it('are grouped by thousands, and tell the width of a partial tile', () => {
    expect(tilePath({ level: 0, index: 1_234_067 }, 256)).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 1, index: 0 }, 5)).toBe('tile/1/000.p/5');
    expect(bundlePath(1000, 12)).toBe('tile/entries/x001/000.p/12');
  });
});
