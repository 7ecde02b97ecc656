/**
 * An encoded frame whose payloads are still where they were: views, not copies. grpc-js asks a serialised message only for
 * its length and to copy itself behind the five bytes of the gRPC prefix, so the payload is copied once, into that buffer. A
 * client's large frame is not copied at all (`send-in-place`): its payloads must not change until there is an answer.
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
