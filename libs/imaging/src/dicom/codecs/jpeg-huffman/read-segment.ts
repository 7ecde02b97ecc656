import { unreadable } from '../../../refuse';

export interface Segment {
  readonly marker: number;
  /** Without marker and length. */
  readonly content: Buffer;
  /** Where the next marker, or the entropy-coded bits of a scan, begin. */
  readonly end: number;
}

const EOI = 0xd9;

/**
 * The marker segment that begins here (T.81, B.1.1.4), or the end of the image, which has no content.
 *
 * @throws ServingError `unreadable_image` where none does, or not all of it
 */
export function readSegment(bytes: Buffer, start: number): Segment {
  let at = start;
  // Any number of them may stand before a marker's own (B.1.1.2).
  while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
  const marker = bytes[at + 1];
  if (bytes[at] === 0xff && marker === EOI) return { marker, content: bytes.subarray(0, 0), end: at + 2 };
  if (bytes[at] !== 0xff || marker === undefined || at + 4 > bytes.length) throw damaged();
  const end = at + 2 + bytes.readUInt16BE(at + 2);
  if (end < at + 4 || end > bytes.length) throw damaged();
  return { marker, content: bytes.subarray(at + 4, end), end };
}

const damaged = () => unreadable('The JPEG codestream is damaged or cut short between its segments.');
