/** An answer of several parts (RFC 2387) is not what its head says. */
export class PartsError extends Error {
  override readonly name = 'PartsError';
}

const text = new TextEncoder();

/** The boundary that a media type names (RFC 2046, 5.1.1). */
const boundaryOf = (contentType: string): string | undefined => {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  return quoted ?? plain;
};

/**
 * What is in the parts of a `multipart/related` body, which no browser takes apart: views of it, nothing is copied.
 *
 * @throws PartsError where it ends before its last boundary, or has none
 */
export function relatedParts(body: Uint8Array<ArrayBuffer>, contentType: string): Uint8Array<ArrayBuffer>[] {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw new PartsError('The answer names no boundary.');
  const mark = text.encode(`--${boundary}`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let at = indexOf(body, mark, 0);
  for (;;) {
    if (at < 0) throw new PartsError('The answer ends before its last boundary.');
    const behind = at + mark.length;
    if (body[behind] === DASH && body[behind + 1] === DASH) return parts;
    const head = indexOf(body, BLANK_LINE, behind);
    at = indexOf(body, mark, head < 0 ? behind : head);
    // The line end before a boundary is the boundary's.
    if (head >= 0 && at >= 0) parts.push(body.subarray(head + BLANK_LINE.length, at - 2));
  }
}

const DASH = '-'.charCodeAt(0);
const BLANK_LINE = text.encode('\r\n\r\n');

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first] = wanted;
  if (first === undefined) return -1;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1))
    if (wanted.every((byte, place) => bytes[at + place] === byte)) return at;
  return -1;
}
