import { CompressionFilter } from '@grpc/grpc-js/build/src/compression-filter';
import { Http2SubchannelCall } from '@grpc/grpc-js/build/src/subchannel-call';
import type { ClientHttp2Stream } from 'node:http2';
import type { EncodedFrame } from '../frame/frame-payload';
import { piecesOf } from '../frame/pieces';

/** From here on a copy, and the memory for it, cost more than writing in pieces. */
const LARGE_BYTES = 128 << 10;

/** A message that is not in one piece. */
class Pieces {
  constructor(
    readonly all: readonly Uint8Array[],
    readonly length: number,
  ) {}
}

/** What grpc-js keeps to itself of a client's message on its way out. Held by a test to the pinned version. */
interface Uncompressed {
  writeMessage: (this: Uncompressed, message: EncodedFrame, compress: boolean) => Promise<EncodedFrame | Pieces>;
}
interface Outgoing {
  readonly http2Stream: ClientHttp2Stream;
  sendMessageWithContext: (this: Outgoing, context: object, message: EncodedFrame | Pieces | Uint8Array) => void;
}

/**
 * Has grpc-js write a client's large message from where it is. By itself it copies the whole of it into new memory, behind the
 * prefix, before the first byte is sent.
 */
function sendInPlace(uncompressed: Uncompressed, outgoing: Outgoing): void {
  const { writeMessage } = uncompressed;
  uncompressed.writeMessage = function (message, compress) {
    if (message.byteLength < LARGE_BYTES) return writeMessage.call(this, message, compress);
    const all = piecesOf(message);
    return Promise.resolve(new Pieces(all, message.byteLength));
  };
  const { sendMessageWithContext } = outgoing;
  outgoing.sendMessageWithContext = function (context, message) {
    if (!(message instanceof Pieces)) {
      sendMessageWithContext.call(this, context, message);
      return;
    }
    const { all } = message;
    const last = all.length - 1;
    this.http2Stream.cork();
    for (const piece of all.slice(0, last)) this.http2Stream.write(piece);
    // Its callback says that all of the message was written.
    for (const piece of all.slice(last)) sendMessageWithContext.call(this, context, piece);
    this.http2Stream.uncork();
  };
}

/** The handler of messages that are not compressed is exported by none of grpc-js's modules; every filter begins with one. */
const { sendCompression } = new CompressionFilter({}, {}) as unknown as { sendCompression: object };

sendInPlace(
  Object.getPrototypeOf(sendCompression) as Uncompressed,
  Http2SubchannelCall.prototype as unknown as Outgoing,
);
