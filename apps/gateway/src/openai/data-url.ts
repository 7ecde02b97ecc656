import { ServingError } from '@medserve/errors';
import type { InputFile } from '@medserve/imaging';

/** Characters of what stands before the data, as much of it as is looked at. */
const HEAD_CHARACTERS = 2_048;

/** RFC 2397: type and parameters, of which nothing is needed, then the data in base64, which are not looked at here. */
const HEAD = /^data:([^;,]*)(?:;(?!\s*base64\s*,)(?:"[^"]*"|[^",;])*)*;\s*base64\s*,/i;

/** RFC 9110, section 8.3.1; what is no type, or stands for several, says nothing. */
const MEDIA_TYPE = /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/;

/**
 * The file that a data URL holds.
 *
 * @param field where it stands in the request
 * @throws ServingError `invalid_request` for every other URL: nothing is ever fetched; for what is not base64
 */
export function fileOfUrl(url: string, field: string): InputFile {
  const head = HEAD.exec(url.slice(0, HEAD_CHARACTERS));
  if (head === null) {
    const detail = /^data:/i.test(url)
      ? 'The data URL of an image is not in base64.'
      : 'Images are not fetched from other servers.';
    throw new ServingError('invalid_request', detail, {
      field,
      remedy: 'Send the image itself, as a URL "data:TYPE;base64,...", or the id of a file that was uploaded.',
    });
  }
  const encoded = plainData(url.slice(head[0].length));
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== decodedLength(encoded)) {
    throw new ServingError('invalid_request', 'The data of an image are not base64.', { field });
  }
  const mediaType = head[1]?.trim().toLowerCase() ?? '';
  return MEDIA_TYPE.test(mediaType) ? { bytes, mediaType } : { bytes };
}

/**
 * The data as base64 alone: they may be escaped as everything in a URL, and wrapped in lines, as `base64` and Python's `encodebytes` write
 * them (RFC 2397, section 3; Fetch Standard, 6 "data: URLs": percent-decode, then forgiving-base64 decode).
 */
function plainData(data: string): string {
  const unescaped = data.includes('%') ? unescape(data) : data;
  return unescaped.replaceAll(/[\t\n\f\r ]+/g, '');
}

/** What is not well escaped is no base64, and stays as it is. */
function unescape(data: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    return data;
  }
}

/** Bytes that so many characters stand for; fewer come out where some of them are not of the alphabet. */
function decodedLength(encoded: string): number {
  const padding = encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0;
  return Math.floor(((encoded.length - padding) * 3) / 4);
}
