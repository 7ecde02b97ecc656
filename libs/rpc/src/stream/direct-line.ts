import type { Http2Stream } from 'node:http2';
import type { ClientDuplexStream, ServerDuplexStream } from '@grpc/grpc-js';
import type { EncodedFrame } from '../frame/frame-payload';
import { piecesOf } from '../frame/pieces';
import './collect-in-place';

/** What grpc-js keeps to itself of a call, at either end. Held by a test to the pinned version. */
interface Beneath {
  readonly stream: Http2Stream;
  readonly decoder: { write: (data: Buffer) => Buffer[] };
}
interface ClientCall {
  readonly call: {
    readonly call: {
      readonly child: {
        readonly underlyingCalls: readonly {
          readonly call: {
            readonly child: { readonly http2Stream: Http2Stream; readonly decoder: Beneath['decoder'] };
          };
        }[];
      };
    };
  };
}

/** No compression, and the length of the message: what gRPC puts before it. */
const PREFIX_BYTES = 5;
/** From here on a copy, and the memory for it, cost more than writing in pieces. */
const LARGE_BYTES = 128 << 10;

/**
 * The HTTP/2 stream of a call whose headers have come, taken from grpc-js for its messages: they are written and read here, in the
 * form that gRPC gives them on the wire. How the call begins and ends, and what it runs over, stays with grpc-js.
 *
 * By itself grpc-js takes every message through the layers that names, retries, interceptors and compression need, with a promise or
 * a turn of the event loop at most of them, and reads the next one only then: a third of what a hop of a small message costs.
 */
export class DirectLine {
  constructor(
    { stream, decoder }: Beneath,
    /** Told of every message as it comes. What it throws ends the call. */
    onMessage: (message: Buffer) => void,
  ) {
    this.stream = stream;
    const write = decoder.write.bind(decoder);
    decoder.write = (data) => {
      for (const framed of write(data)) onMessage(plain(framed));
      return [];
    };
  }

  readonly stream: Http2Stream;

  /** @returns whether more may be written at once; otherwise `drain` tells when. Nobody may change a frame's payloads before that. */
  write(frame: EncodedFrame): boolean {
    const { stream } = this;
    if (frame.byteLength < LARGE_BYTES) return stream.write(framed(frame));
    stream.cork();
    let isRoom = true;
    for (const piece of piecesOf(frame)) isRoom = stream.write(piece);
    stream.uncork();
    return isRoom;
  }
}

/** @param call whose headers are here: it is told of by `metadata` */
export function clientLine(
  call: ClientDuplexStream<EncodedFrame, Buffer>,
  onMessage: (message: Buffer) => void,
): DirectLine {
  const [attempt] = (call as unknown as ClientCall).call.call.child.underlyingCalls;
  if (attempt === undefined) throw new Error('A call has headers and no stream.');
  const { http2Stream: stream, decoder } = attempt.call.child;
  return new DirectLine({ stream, decoder }, onMessage);
}

/** @param call whose headers were sent, of a server without interceptors */
export const serverLine = (
  call: ServerDuplexStream<Buffer, EncodedFrame>,
  onMessage: (message: Buffer) => void,
): DirectLine => new DirectLine((call as unknown as { readonly call: Beneath }).call, onMessage);

/** A message behind its prefix, in one piece. */
function framed(frame: EncodedFrame): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + frame.byteLength);
  bytes[0] = 0;
  bytes.writeUInt32BE(frame.byteLength, 1);
  frame.copy(bytes, PREFIX_BYTES);
  return bytes;
}

/** @throws Error when it is compressed: nobody of ours does that */
function plain(framed: Buffer): Buffer {
  if (framed[0] !== 0) throw new Error('A frame is compressed.');
  return framed.subarray(PREFIX_BYTES);
}
