import fc from 'fast-check';
import { Pieces } from './pieces';

describe('bytes that come in pieces', () => {
  it('are all there in their order, however they were cut', () => {
    const sizes = fc.array(fc.oneof(fc.nat(20), fc.integer({ min: 16_000, max: 70_000 })), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const pieces = new Pieces();
        const all = lengths.map((length, at) => Buffer.alloc(length, at));
        for (const piece of all) pieces.add(piece);
        expect(pieces.take().equals(Buffer.concat(all))).toBe(true);
        expect(pieces.take()).toHaveLength(0);
      }),
      { numRuns: 50 },
    );
  });

  it('take little more than their own bytes, and nothing of what they were cut from', () => {
    const pieces = new Pieces();
    const before = process.memoryUsage();
    for (let at = 0; at < 500_000; at += 1) pieces.add(Buffer.alloc(64, at).subarray(0, 1));
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    globalThis.gc?.();
    expect(heapUsed - before.heapUsed + arrayBuffers - before.arrayBuffers).toBeLessThan(100 * 1024 * 1024);
    expect(pieces.take()).toHaveLength(500_000);
  });
});
