/** A small message shares grpc-js's pool and a large one owns its memory, less the gRPC prefix. */
const MAX_SLACK_BYTES = 64;
const POOLED_BYTES = 8_192;
/** A frame's payloads are aligned for a reader that has the frame behind the gRPC prefix. */
const GRPC_PREFIX_BYTES = 5;

/**
 * A message's bytes in memory that can be given away: the very bytes where they own it, a copy where they share it. Either way
 * the payloads lie on the boundaries that the sender put them on.
 */
export function ownBytes(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength, byteOffset } = bytes;
  const owns = byteLength > POOLED_BYTES && buffer.byteLength - byteLength <= MAX_SLACK_BYTES;
  return owns ? new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) : copyBytes(bytes);
}

/** The same in memory of its own: what is given away can then be given again. */
export function copyBytes(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const { byteLength } = bytes;
  const own = new Uint8Array(new ArrayBuffer(GRPC_PREFIX_BYTES + byteLength), GRPC_PREFIX_BYTES);
  own.set(bytes);
  return own;
}
