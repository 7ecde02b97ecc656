import { isUtf8 } from 'node:buffer';
import { ServingError } from '@medserve/errors';
import { checkDepth } from '../../intake/parse-json-body';

/** Digits of the longest 64-bit integer, its sign included; longer ones are out of every range. */
const LONGEST_INTEGER = 20;

export interface ParsedJson {
  readonly document: unknown;
  /** The document once more, with the integers that a number cannot hold as bigints. */
  readonly exactly: () => unknown;
}

/**
 * @param limitBytes of the text
 * @throws ServingError `invalid_request` for what is no JSON in UTF-8 or is nested too deeply; `too_large`
 */
export function parseJson(bytes: Buffer, limitBytes: number): ParsedJson {
  if (bytes.length > limitBytes) {
    throw new ServingError('too_large', 'The JSON of the request is too large.', {
      limit: `JSON: ${String(limitBytes)} bytes`,
      remedy: 'Send large tensors as binary data.',
    });
  }
  checkDepth(bytes);
  // Buffers read what is not UTF-8 as replacement characters, which would alter texts without a word.
  if (!isUtf8(bytes)) throw notJson();
  const text = bytes.toString('utf8');
  try {
    return {
      document: JSON.parse(text) as unknown,
      exactly: () => JSON.parse(text, keepDigits as Reviver) as unknown,
    };
  } catch {
    throw notJson();
  }
}

const notJson = (): ServingError => new ServingError('invalid_request', 'The body is not valid JSON.');

type Reviver = (key: string, value: unknown) => unknown;

/** The third argument is the text that the value was read from (ECMAScript, "JSON.parse source text access"). */
function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return source !== undefined && source.length <= LONGEST_INTEGER && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
