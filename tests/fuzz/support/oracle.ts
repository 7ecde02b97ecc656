import { REASONS } from '@medserve/errors';
import type { HttpCase, HttpOutcome } from './http-case';

/** Answers of the platform's own state, which a flood of requests may meet; none of them is about the input. */
const OF_ITS_STATE = new Set(['overloaded', 'model_loading', 'model_unloaded', 'deadline_exceeded', 'quota_exceeded']);

/** Paths whose refusals have OpenAI's form, and the codes that only they have. */
const OPENAI = /^\/(v|%76)1\/(chat|embeddings|files)(\/|\?|$)/;
const OPENAI_CODES = new Set(['invalid_api_key', 'rate_limit_exceeded', 'context_length_exceeded']);

/** Paths of FHIR, whose refusals are OperationOutcomes (R4, 2.21.0.4): with a code of the standard's list for each issue. */
const FHIR = /^\/(f|%66)hir\//;
const FHIR_ISSUES = new Set([
  'invalid',
  'structure',
  'required',
  'value',
  'security',
  'login',
  'forbidden',
  'processing',
  'not-supported',
  'not-found',
  'deleted',
  'too-long',
  'too-costly',
  'conflict',
  'transient',
  'throttled',
  'timeout',
  'exception',
]);

/** Where STOW-RS stores: what it says of instances that it refused is a data set (PS3.18, 10.5.3). */
const STOW = /^\/dicom-web\/([^/]+\/)?studies(\/|\?|$)/;
const REFUSED_INSTANCES = ['00081198', '0008119A'];

/** Words of our own insides that no answer may hold. */
const INSIDES = [
  /node_modules/,
  /\n\s+at /,
  /\/src\//,
  /\.ts:\d+/,
  /postgres/i,
  /ECONN/,
  /SQLSTATE/,
  /undefined is not/,
];

/**
 * What is wrong with an answer to bad input, or nothing. It has to be a success or a refusal of a known kind, never a failure of
 * ours, and tell nothing of our insides.
 */
export function wrongWith({ method, path }: HttpCase, { status, body, headers }: HttpOutcome): string | undefined {
  const inside = status < 400 ? undefined : INSIDES.find((pattern) => pattern.test(body));
  if (inside !== undefined) return `the answer tells of our insides: ${String(inside)}`;
  if (status < 400) return undefined;
  // Which has no body to say more in.
  if (method === 'HEAD') return status < 500 || status === 503 ? undefined : `status ${String(status)}`;
  // The Open Inference Protocol and OAuth (RFC 6749, 5.2) have error objects of their own.
  // Of a path that is spelt oddly nobody can ask which of the two forms it gets.
  const isSpeltOut = !path.startsWith('/%');
  if (/^\/((v|%76)2|oauth)(\/|\?|$)/.test(path) && (isSpeltOut || member(body, 'code') === undefined)) {
    if (status === 501) return undefined;
    if (status >= 500 && status !== 503 && status !== 504) return `status ${String(status)}`;
    return typeof member(body, 'error') === 'string' ? undefined : 'no error object';
  }
  if (FHIR.test(path) && member(body, 'resourceType') !== undefined) return wrongWithOutcome(status, body);
  if (STOW.test(path) && REFUSED_INSTANCES.some((tag) => member(body, tag) !== undefined))
    return status === 409 || status === 400 ? undefined : `status ${String(status)} with refused instances`;
  const code = OPENAI.test(path) ? codeOfErrorObject(body) : member(body, 'code');
  if (typeof code !== 'string' || !(code in REASONS || OPENAI_CODES.has(code)))
    return `status ${String(status)} with the code ${String(code)}`;
  if (status >= 500 && !OF_ITS_STATE.has(code)) return `status ${String(status)} ${code}`;
  if (!String(headers['content-type']).startsWith('application/')) return 'the problem has no type';
  return undefined;
}

function wrongWithOutcome(status: number, body: string): string | undefined {
  if (status >= 500 && status !== 503 && status !== 504) return `status ${String(status)}`;
  if (member(body, 'resourceType') !== 'OperationOutcome') return 'a refusal that is no OperationOutcome';
  const issues = member(body, 'issue');
  const codes = Array.isArray(issues) ? issues.map((issue) => member(JSON.stringify(issue), 'code')) : [];
  const isKnown = codes.length > 0 && codes.every((code) => typeof code === 'string' && FHIR_ISSUES.has(code));
  return isKnown ? undefined : `an OperationOutcome with the codes ${codes.map(String).join(', ')}`;
}

/** `{ "error": { "message", "type", "param", "code" } }`; a path that nobody serves has the platform's own form. */
function codeOfErrorObject(body: string): unknown {
  const error = member(body, 'error');
  return error === undefined ? member(body, 'code') : member(JSON.stringify(error), 'code');
}

function member(body: string, name: string): unknown {
  try {
    const document = JSON.parse(body) as unknown;
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}
