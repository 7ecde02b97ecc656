import { ownBytes } from './own-bytes';

const PREFIX_BYTES = 5;

describe('ownBytes', () => {
  it('gives large messages away as they are', () => {
    const message = Buffer.from(new ArrayBuffer(PREFIX_BYTES + 20_000)).subarray(PREFIX_BYTES);
    const own = ownBytes(message);
    expect([own.buffer === message.buffer, own.byteOffset, own.byteLength]).toEqual([true, PREFIX_BYTES, 20_000]);
  });

  it('copies what shares its memory, and keeps the payloads on their boundaries', () => {
    const pool = Buffer.from(new ArrayBuffer(64_000));
    pool.fill(7, 1_001, 1_033);
    const own = ownBytes(pool.subarray(1_001, 1_033));
    expect(own).toEqual(new Uint8Array(32).fill(7));
    expect([own.buffer === pool.buffer, own.byteOffset]).toEqual([false, PREFIX_BYTES]);
  });
});
