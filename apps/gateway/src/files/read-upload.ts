import { ServingError } from '@medserve/errors';
import type { InputFile } from '@medserve/imaging';
import type { FastifyRequest } from 'fastify';
import { mediaTypeHint } from '../intake/media-type-hint';
import { collect } from '../intake/parse-multipart';
import { FILE_LIMITS } from './limits';

/** What files are for here; the API's clients know others. */
const PURPOSES = ['vision', 'user_data'];

/** Of a part that is no file. */
const WORD_BYTES = 256;
const PARTS = 16;

/**
 * The form of an upload: one part `file`, and `purpose`. Other parts are passed over, as the API's clients expect.
 *
 * @throws ServingError `invalid_request`; `too_large` naming the limit
 */
export async function readUpload(request: FastifyRequest): Promise<InputFile> {
  if (!request.isMultipart()) {
    throw new ServingError('invalid_request', 'The body is not a form (multipart/form-data).', {
      field: 'Content-Type',
    });
  }
  try {
    return await readParts(request);
  } catch (error) {
    // What is still on its way is thrown away: a client that reads its answer only after sending would wait for ever.
    request.raw.unpipe();
    request.raw.resume();
    if (error instanceof ServingError) throw error;
    throw new ServingError('invalid_request', 'The body is not well-formed multipart/form-data.', { cause: error });
  }
}

async function readParts(request: FastifyRequest): Promise<InputFile> {
  let file: InputFile | undefined;
  let purpose: string | undefined;
  const parts = request.parts({
    isPartAFile: () => true,
    // One more than may be held, so that the limit is noticed here and nothing is cut off in silence.
    limits: { fileSize: FILE_LIMITS.bytes + 1, files: PARTS, parts: PARTS },
  });
  for await (const part of parts) {
    if (part.type !== 'file') continue;
    if (part.fieldname === 'file') {
      if (file !== undefined) throw invalid('file', 'There is more than one part named "file".');
      const limit = `file: ${String(FILE_LIMITS.bytes)} bytes`;
      const bytes = await collect(request, part.file, FILE_LIMITS.bytes, limit);
      file = { bytes, ...mediaTypeHint(part.mimetype) };
    } else {
      const limit = `${part.fieldname.slice(0, 64)}: ${String(WORD_BYTES)} bytes`;
      const word = await collect(request, part.file, WORD_BYTES, limit);
      if (part.fieldname === 'purpose') purpose = word.toString('utf8');
    }
  }
  if (purpose === undefined || !PURPOSES.includes(purpose)) {
    throw invalid('purpose', `Files are taken for these purposes: ${PURPOSES.join(', ')}.`);
  }
  if (file === undefined) throw invalid('file', 'There is no part named "file".');
  return file;
}

const invalid = (field: string, detail: string): ServingError => new ServingError('invalid_request', detail, { field });
