import { ServingError } from '@medserve/errors';

const MAX_JSON_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENINGS = [0x7b, 0x5b];

/** @throws ServingError `invalid_request` for JSON that is nested too deeply */
export function checkDepth(body: Buffer): void {
  // What has no more openings than that cannot be nested deeper; a few long lists are not looked at byte by byte.
  if (OPENINGS.reduce((sum, opening) => sum + countUpTo(MAX_JSON_DEPTH, body, opening), 0) <= MAX_JSON_DEPTH) return;
  let depth = 0;
  let isInString = false;
  // Found once and kept: looking again for every string would be quadratic in a body without backslashes.
  let escape = body.indexOf(BACKSLASH);
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (isInString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) {
      // A base64 image is one long string: jump to its end at memchr's speed.
      isInString = true;
      const end = body.indexOf(QUOTE, index + 1);
      if (escape !== -1 && escape < index) escape = body.indexOf(BACKSLASH, index);
      if (end !== -1 && (escape === -1 || escape > end)) {
        isInString = false;
        index = end;
      }
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) {
        throw new ServingError('invalid_request', 'The JSON is nested too deeply.', {
          limit: `depth: ${String(MAX_JSON_DEPTH)}`,
        });
      }
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    }
  }
}

/** How often `byte` occurs; counting ends above `limit`. */
export function countUpTo(limit: number, body: Buffer, byte: number): number {
  let count = 0;
  for (let at = body.indexOf(byte); at !== -1 && count <= limit; at = body.indexOf(byte, at + 1)) count += 1;
  return count;
}
