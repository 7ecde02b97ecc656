import { expectedBytes, type DecodedStudy, type InputFile } from '@medserve/imaging';
import { ServingError } from '@medserve/errors';
import type { Decoder } from '../infer/ports';
import type { ByteShare } from './byte-budget';
import { OPENAI_LIMITS } from './limits';

/** An image of a conversation, to be read when it is its turn. */
export interface ImageFile {
  /** Where it stands in the request. */
  readonly field: string;
  /** Bytes that reading it takes, beside the body of the request. */
  size(): Promise<number>;
  read(): Promise<InputFile>;
}

export interface ReadingParts {
  readonly decoder: Decoder;
  /** What the request holds of the bytes of all requests' images. */
  readonly share: Pick<ByteShare, 'hold'>;
  readonly signal: AbortSignal;
}

/** By when an answer that others wait for is usually written. */
const RETRY_AFTER_MS = 1_000;

/**
 * Decodes the images of a conversation, each as an input of its own, in their order: one after the other, so that never much more
 * is held than all together may be. What an image will take is held before it is decoded where its header tells, else after.
 *
 * @throws ServingError what decoding throws, naming the image; `too_large` when all together are more than a request may hold; `overloaded` when all
 *   requests together would hold more than they may
 */
export async function readImages(
  files: readonly ImageFile[],
  { decoder, share, signal }: ReadingParts,
): Promise<readonly DecodedStudy[]> {
  const studies: DecodedStudy[] = [];
  const hold = (decoded: number, undecoded = 0): void => {
    if (decoded > OPENAI_LIMITS.decodedBytes) throw tooLarge();
    if (!share.hold(decoded + undecoded)) throw overloaded();
  };
  let bytes = 0;
  for (const file of files) {
    const { field } = file;
    const size = await named(field, () => file.size());
    hold(bytes, size);
    const input = await named(field, () => file.read());
    hold(bytes + (expectedBytes(input.bytes, input.mediaType) ?? 0), size);
    const study = await named(field, () => decoder.decode([input], signal));
    bytes += study.decoded.samples.byteLength;
    hold(bytes);
    studies.push(study);
  }
  return studies;
}

/** What is refused names the image that it was refused for, or what of it, where that is known. */
async function named<T>(field: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    const { reason, message, limit, remedy, retryAfterMs, cause } = error;
    throw new ServingError(reason, message, { field: error.field ?? field, limit, remedy, retryAfterMs, cause });
  }
}

const tooLarge = (): ServingError =>
  new ServingError('too_large', 'The images of the request are too large together.', {
    field: 'messages',
    limit: `images: ${String(OPENAI_LIMITS.decodedBytes)} bytes decoded`,
  });

const overloaded = (): ServingError =>
  new ServingError('overloaded', 'The images of the conversations that are being answered hold as many bytes as may.', {
    limit: `images in flight: ${String(OPENAI_LIMITS.decodedInFlightBytes)} bytes decoded`,
    retryAfterMs: RETRY_AFTER_MS,
  });
