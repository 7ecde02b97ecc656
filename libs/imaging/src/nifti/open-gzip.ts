import { constants, gunzipSync } from 'node:zlib';
import { ServingError } from '@medserve/errors';
import { tooLarge, unreadable } from '../refuse';

/** Enough compressed bytes for any header, and too few to hurt: deflate expands 1032 times at most. */
const PEEK_BYTES = 4096;
const PEEK_OPENED = PEEK_BYTES * 1040;
/** Below this a ratio says nothing: an empty mask compresses a thousandfold. */
const RATIO_FREE_BYTES = 64 * 1024 ** 2;

const isGzip = (bytes: Buffer): boolean => bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The first bytes of the content; of something that is no gzip, the bytes themselves. Empty for a damaged beginning. */
export function peekGzip(bytes: Buffer): Buffer {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes.subarray(0, PEEK_BYTES), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: PEEK_OPENED,
    });
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * Opens a gzip file that is expected to hold `expectedBytes`, and stops as soon as it holds more.
 *
 * @throws ServingError `too_large` when it holds more than expected or expands more than `maxExpansionRatio` times;
 *   `unreadable_image` when it is damaged or cut short.
 */
export function openGzip(bytes: Buffer, expectedBytes: number, maxExpansionRatio: number): Buffer {
  if (!isGzip(bytes)) return bytes;
  if (expectedBytes > RATIO_FREE_BYTES && expectedBytes / bytes.length > maxExpansionRatio) {
    throw tooLarge('The gzip file expands too much.', 'maxExpansionRatio', maxExpansionRatio, 'times');
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: expectedBytes });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') {
      throw unreadable('The gzip file is damaged or cut short.', thrown);
    }
    throw new ServingError('too_large', 'The gzip file holds more than its NIfTI header says.', {
      limit: `content: ${String(expectedBytes)} bytes`,
      cause: thrown,
    });
  }
}
