import { FramePayload } from '@medserve/rpc';
import { framesToPost } from './frames-to-post';

const LARGE = 20_000;

describe('framesToPost', () => {
  it('gives the memory of large frames away where they use it alone, and copies what is cut out of anything else', () => {
    const whole = new Uint8Array(LARGE).fill(1);
    const shared = new Uint8Array(2 * LARGE).fill(2);
    const pool = new Uint8Array(LARGE + 1).fill(3);
    const frames = [
      new FramePayload([whole, shared.subarray(0, LARGE)]),
      new FramePayload([pool.subarray(1), shared.subarray(LARGE)]),
    ];
    const posted = framesToPost(frames, new Set([shared.buffer]));
    expect(posted.frames.map((parts) => parts.map((part) => [part[0], part.byteLength]))).toEqual([
      [
        [1, LARGE],
        [2, LARGE],
      ],
      [
        [3, LARGE],
        [2, LARGE],
      ],
    ]);
    expect(posted.transfer).toEqual([whole.buffer, shared.buffer]);
    expect(posted.frames[1]?.[0]?.buffer).not.toBe(pool.buffer);
  });

  it('copies small frames behind each other and leaves the memory they came from alone', () => {
    const pool = Uint8Array.of(7, 8, 9);
    const frames = [new FramePayload([Uint8Array.of(1, 2), pool.subarray(1)]), new FramePayload([Uint8Array.of(3)])];
    const posted = framesToPost(frames, new Set([pool.buffer]));
    expect(posted.frames).toEqual([[Uint8Array.of(1, 2, 8, 9)], [Uint8Array.of(3)]]);
    expect(posted.transfer).toEqual([posted.frames[0]?.[0]?.buffer]);
    expect(posted.transfer).not.toContain(pool.buffer);
  });
});
