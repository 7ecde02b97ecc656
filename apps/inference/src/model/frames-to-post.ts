import type { FramePayload } from '@medserve/rpc';

export interface PostableFrames {
  readonly frames: readonly (readonly Uint8Array[])[];
  readonly transfer: readonly ArrayBuffer[];
}

/** Up to here copying the parts of a frame together costs less than posting each of them. */
const SMALL_BYTES = 16_384;

const isSmall = ({ byteLength }: FramePayload): boolean => byteLength <= SMALL_BYTES;

/**
 * Frames as they can be posted to another thread. Small ones are copied behind each other into one piece of memory. Of others
 * memory is given away where only they use it, and copied where it is cut out of something larger, which would be taken along.
 *
 * @param own memory that only the frames use, though several of them may.
 */
export function framesToPost(frames: readonly FramePayload[], own: ReadonlySet<ArrayBufferLike>): PostableFrames {
  const transfer = new Set<ArrayBuffer>();
  const small = new ArrayBuffer(frames.reduce((sum, frame) => sum + (isSmall(frame) ? frame.byteLength : 0), 0));
  if (small.byteLength > 0) transfer.add(small);
  let position = 0;
  const parts = frames.map((frame) => {
    if (isSmall(frame)) {
      const bytes = new Uint8Array(small, position, frame.byteLength);
      position += frame.copy(bytes);
      return [bytes];
    }
    return frame.parts.map((part) => {
      if (part.byteLength !== part.buffer.byteLength && !own.has(part.buffer)) return new Uint8Array(part);
      transfer.add(part.buffer as ArrayBuffer);
      return part;
    });
  });
  return { frames: parts, transfer: [...transfer] };
}
