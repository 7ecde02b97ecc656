import { FramePayload, type EncodedFrame } from './frame-payload';

/** Smaller parts are copied behind each other: each piece is a write of its own. */
const PIECE_BYTES = 16 << 10;
/** No compression, and the length of the message: what gRPC puts before it. */
const PREFIX_BYTES = 5;

/** A message behind its gRPC prefix in pieces, of which the large ones still lie where they were. */
export function piecesOf(message: EncodedFrame): Uint8Array[] {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.byteLength, 1);
  const pieces: Uint8Array[] = [];
  let small: Uint8Array[] = [prefix];
  const joinSmall = (): void => {
    if (small.length > 0) pieces.push(Buffer.concat(small));
    small = [];
  };
  for (const part of message instanceof FramePayload ? message.parts : [message]) {
    if (part.byteLength < PIECE_BYTES) {
      small.push(part);
    } else {
      joinSmall();
      pieces.push(part);
    }
  }
  joinSmall();
  return pieces;
}
