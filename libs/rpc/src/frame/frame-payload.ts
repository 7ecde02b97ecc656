/**
 * An encoded frame whose payloads are still where they were: views, not copies. Who sends it asks only for its length and to copy
 * itself behind the five bytes of the gRPC prefix, so the payload is copied once, into that buffer. A large frame between our own
 * services is not copied at all (`DirectLine`): its payloads must not change until there is an answer, or are nobody else's.
 */
export class FramePayload {
  readonly byteLength: number;

  constructor(readonly parts: readonly Uint8Array[]) {
    this.byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
  }

  get length(): number {
    return this.byteLength;
  }

  copy(target: Uint8Array, offset = 0): number {
    let position = offset;
    for (const part of this.parts) {
      target.set(part, position);
      position += part.byteLength;
    }
    return this.byteLength;
  }

  toBuffer(): Buffer {
    const buffer = Buffer.allocUnsafe(this.byteLength);
    this.copy(buffer);
    return buffer;
  }
}

/** A frame ready to be sent: fresh, or as it was received. */
export type EncodedFrame = FramePayload | Buffer;
