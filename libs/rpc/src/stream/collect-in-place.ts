import { StreamDecoder } from '@grpc/grpc-js/build/src/stream-decoder';

/** What grpc-js keeps to itself of a message that is coming. Held by a test to the pinned version. */
interface Decoder {
  readState: number;
  readonly readCompressFlag: Buffer;
  readonly readPartialSize: Buffer;
  /** Without its prefix. */
  readonly readMessageSize: number;
  readMessageRemaining: number;
  readPartialMessage: Buffer[];
  write: (this: Decoder, data: Buffer) => Buffer[];
}

const NO_DATA = 0;
const READING_MESSAGE = 2;
/** Compression flag and length. */
const PREFIX_BYTES = 5;
/** Smaller messages are still in the processor's cache when they are joined. */
const LARGE_BYTES = 256 << 10;

/** Memory for all of the message, with what came of it so far. It is kept as the only piece, and the only one that long. */
function placeOf(decoder: Decoder): Buffer {
  const { readCompressFlag, readPartialSize, readMessageSize, readPartialMessage } = decoder;
  const [first] = readPartialMessage;
  if (first?.byteLength === PREFIX_BYTES + readMessageSize) return first;
  const place = Buffer.allocUnsafeSlow(PREFIX_BYTES + readMessageSize);
  let position = 0;
  for (const piece of [readCompressFlag, readPartialSize, ...readPartialMessage]) {
    place.set(piece, position);
    position += piece.byteLength;
  }
  decoder.readPartialMessage = [place];
  return place;
}

/**
 * Has grpc-js put the pieces of a large message where they belong as they come. By itself it keeps them until the last is there,
 * and joins them then: the message is in memory twice, and all of it is copied while nobody sends.
 *
 * The memory is taken when the second piece comes, after whoever watches messages was told of the length.
 */
function collectInPlace(decoder: Decoder): void {
  const { write } = decoder;
  decoder.write = function collect(data): Buffer[] {
    if (this.readState !== READING_MESSAGE || this.readMessageSize < LARGE_BYTES) return write.call(this, data);
    const place = placeOf(this);
    const piece = data.subarray(0, this.readMessageRemaining);
    place.set(piece, place.byteLength - this.readMessageRemaining);
    this.readMessageRemaining -= piece.byteLength;
    if (this.readMessageRemaining > 0) return [];
    this.readState = NO_DATA;
    this.readPartialMessage = [];
    const next = data.subarray(piece.byteLength);
    return next.byteLength === 0 ? [place] : [place, ...collect.call(this, next)];
  };
}

collectInPlace(StreamDecoder.prototype as unknown as Decoder);
