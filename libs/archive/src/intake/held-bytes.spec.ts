import { HeldBytes } from './held-bytes';

describe('what is held of an instance', () => {
  it('is what came, in its order, of pieces of any size', () => {
    const held = new HeldBytes(Buffer.from('head'));
    const pieces = Array.from({ length: 400 }, (_, at) => Buffer.alloc((at * 97) % 9_000, at));
    for (const piece of pieces) held.add(piece);
    const all = Buffer.concat([Buffer.from('head'), ...pieces]);
    expect(held.bytes).toBe(all.length);
    expect(Buffer.concat(held.parts())).toEqual(all);
  });

  it('is a handful of pieces when it came in crumbs', () => {
    const held = new HeldBytes(Buffer.alloc(0));
    for (let at = 0; at < 200_000; at += 1) held.add(Buffer.from([at % 256]));
    const parts = held.parts();
    expect(parts.length).toBeLessThan(8);
    expect(Buffer.concat(parts).every((byte, at) => byte === at % 256)).toBe(true);
  });

  it('copies nothing of large pieces', () => {
    const held = new HeldBytes(Buffer.alloc(0));
    const large = Buffer.alloc(64 * 1024);
    held.add(large);
    expect(held.parts()).toEqual([large]);
    expect(held.parts()[0]).toBe(large);
  });
});
