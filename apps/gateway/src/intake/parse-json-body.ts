import { isUtf8 } from 'node:buffer';
import { ServingError } from '@medserve/errors';
import type { InputFile } from '@medserve/imaging';
import { z } from 'zod';
import { checkDepth, countUpTo } from '../http/json-depth';
import { parseWith } from '../http/parse-with';
import { requestSchema, type RequestWishes } from '../infer/inference-request';

/** No address: nothing is fetched from anywhere for a caller. */
const FILE_ID = /^file-[A-Za-z0-9-]{1,128}$/;

const bodySchema = requestSchema.extend({
  inputs: z
    .array(
      z.union([
        z.strictObject({ data: z.base64(), mediaType: z.string().max(128).optional() }),
        z.strictObject({
          ref: z.string().regex(FILE_ID, 'has to be the id that POST /v1/files gave: nothing is fetched'),
        }),
      ]),
    )
    .min(1),
});

/** A file that was sent before, with `POST /v1/files`. */
export interface FileReference {
  readonly ref: string;
}

/** A request whose files may still have to be fetched. */
export interface JsonRequest extends RequestWishes {
  readonly inputs: readonly (InputFile | FileReference)[];
}

/**
 * The JSON form of a request: `inputs: [{ data: base64 } | { ref: id }]`.
 *
 * @throws ServingError `invalid_request` for text that is not JSON, is nested too deeply, or has a wrong or unknown member
 */
export function parseJsonRequest(body: Buffer, maxFiles: number): JsonRequest {
  checkValues(body);
  const document = parseJson(body);
  // Looked at before the rest is, so that no more is made of what is not taken.
  if (inputCount(document) > maxFiles) {
    throw new ServingError('too_large', 'The request has too many inputs.', {
      field: 'inputs',
      limit: `files: ${String(maxFiles)}`,
    });
  }
  const { inputs, ...wishes } = parseWith(bodySchema, document);
  const parsed = inputs.map((input): InputFile | FileReference => {
    if ('ref' in input) return input;
    const bytes = Buffer.from(input.data, 'base64');
    return input.mediaType === undefined ? { bytes } : { bytes, mediaType: input.mediaType };
  });
  return { ...wishes, inputs: parsed };
}

const inputCount = (document: unknown): number => {
  const inputs =
    typeof document === 'object' && document !== null && 'inputs' in document ? document.inputs : undefined;
  return Array.isArray(inputs) ? inputs.length : 0;
};

const COMMA = 0x2c;

/** Commas, those within texts included: thousands of files do not need as many, and base64 has none. */
const VALUE_LIMIT = 64 * 1024;

/** A value is two bytes of text and many in memory. @throws ServingError `too_large` */
function checkValues(body: Buffer): void {
  if (countUpTo(VALUE_LIMIT, body, COMMA) <= VALUE_LIMIT) return;
  throw new ServingError('too_large', 'The JSON of the request has too many values.', {
    limit: `JSON: ${String(VALUE_LIMIT)} values`,
  });
}

/**
 * Parses JSON whose nesting was counted first: V8 would build millions of nested arrays without complaint. Bytes that are no UTF-8
 * (RFC 8259, section 8.1) are refused: read as U+FFFD they would be other words than were sent.
 *
 * @throws ServingError `invalid_request`
 */
export function parseJson(body: Buffer): unknown {
  checkDepth(body);
  if (!isUtf8(body)) throw new ServingError('invalid_request', 'The JSON of the body is not in UTF-8.');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ServingError('invalid_request', 'The body is not valid JSON.');
  }
}
