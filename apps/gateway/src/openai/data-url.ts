import { ServingError } from '@medserve/errors';
import type { InputFile } from '@medserve/imaging';

/** RFC 2397, in base64; the data are not looked at here. */
const HEAD = /^data:([\w.+-]{1,64}\/[\w.+-]{1,64})?(?:;[\w.+=-]{1,64}){0,4};base64,/i;

/**
 * The file that a data URL holds.
 *
 * @param field where it stands in the request
 * @throws ServingError `invalid_request` for every other URL: nothing is ever fetched; for what is not base64
 */
export function fileOfUrl(url: string, field: string): InputFile {
  const head = HEAD.exec(url.slice(0, 512));
  if (head === null) {
    const detail = /^data:/i.test(url)
      ? 'The data URL of an image is not in base64.'
      : 'Images are not fetched from other servers.';
    throw new ServingError('invalid_request', detail, {
      field,
      remedy: 'Send the image itself, as a URL "data:TYPE;base64,...", or the id of a file that was uploaded.',
    });
  }
  const encoded = url.slice(head[0].length);
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== decodedLength(encoded)) {
    throw new ServingError('invalid_request', 'The data of an image are not base64.', { field });
  }
  const [, mediaType] = head;
  return mediaType === undefined ? { bytes } : { bytes, mediaType: mediaType.toLowerCase() };
}

/** Bytes that so many characters stand for; fewer come out where some of them are not of the alphabet. */
function decodedLength(encoded: string): number {
  const padding = encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0;
  return Math.floor(((encoded.length - padding) * 3) / 4);
}
