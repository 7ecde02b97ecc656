import { isUtf8 } from 'node:buffer';
import { ServingError } from '@medserve/errors';
import { checkDepth } from './json-depth';

/** More than a 64-bit integer has, for zeros behind a point; what has still more is not read to the last. */
const LONGEST_DIGITS = 64;

/** Values in one document, counted by what stands between them: a value is two bytes of text and many in memory. */
const VALUE_LIMIT = 2 * 1024 * 1024;

/** Values in a document with integers that a number cannot hold: reading each once more takes about a microsecond. */
const EXACT_LIMIT = 512 * 1024;

/** Members of its objects: each has a name that is kept apart, so it takes far longer than an element of a list. */
const MEMBER_LIMIT = 128 * 1024;

const COLON = 0x3a;
const COMMA = 0x2c;

export interface ParsedJson {
  readonly document: unknown;
  /** The document once more, with the integers that a number cannot hold as bigints. @throws ServingError `too_large` */
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
  const { values, members } = countIn(bytes);
  checkCount(values, VALUE_LIMIT, 'values');
  checkCount(members, MEMBER_LIMIT, 'members');
  // Buffers read what is not UTF-8 as replacement characters, which would alter texts without a word.
  if (!isUtf8(bytes)) throw notJson();
  const text = bytes.toString('utf8');
  try {
    return {
      document: JSON.parse(text) as unknown,
      exactly: () => {
        checkCount(values, EXACT_LIMIT, 'values beside integers beyond 2^53');
        return JSON.parse(text, keepDigits as Reviver) as unknown;
      },
    };
  } catch {
    throw notJson();
  }
}

/** By the commas and colons, those within texts included: a text that is full of them is no tensor. */
function countIn(bytes: Buffer): { readonly values: number; readonly members: number } {
  let commas = 0;
  let colons = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] === COMMA) commas += 1;
    else if (bytes[index] === COLON) colons += 1;
  }
  return { values: commas + 1, members: colons };
}

function checkCount(count: number, limit: number, what: string): void {
  if (count <= limit) return;
  throw new ServingError('too_large', `The JSON of the request has too many ${what}.`, {
    limit: `JSON: ${String(limit)} ${what}`,
    remedy: 'Send large tensors as binary data.',
  });
}

const notJson = (): ServingError => new ServingError('invalid_request', 'The body is not valid JSON.');

type Reviver = (key: string, value: unknown) => unknown;

/** The third argument is the text that the value was read from (ECMAScript, "JSON.parse source text access"). */
function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  return wholeNumberIn(source) ?? value;
}

/** What a JSON number is to the last digit, `9.007199254740993e15` too; undefined where it is no whole number or has more digits than any. */
function wholeNumberIn(source: string): bigint | undefined {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  if (sign === undefined || whole === undefined) return undefined;
  const digits = whole + fraction;
  const zeros = Number(exponent) - fraction.length;
  if (digits.length + Math.max(0, zeros) > LONGEST_DIGITS) return undefined;
  if (zeros >= 0) return BigInt(sign + digits + '0'.repeat(zeros));
  return /^0*$/.test(digits.slice(zeros)) ? BigInt(sign + (digits.slice(0, zeros) || '0')) : undefined;
}
