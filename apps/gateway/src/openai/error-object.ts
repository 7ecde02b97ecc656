import { REASONS, type Category, type Reason, type ServingError } from '@medserve/errors';
import { statusOf } from '../http/problem';

/** An error as the clients of OpenAI's API read it. */
export interface ErrorObject {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

/** What is wrong with a request is one status there; its code says more. */
const BAD_REQUEST: readonly Category[] = ['unprocessable', 'unsupported_media', 'unsupported'];

/** The status of a failure on these paths. A conflict would be sent again by the clients, for ever in vain: there is none. */
export function openAiStatus({ reason, category }: ServingError): number {
  if (reason === 'idempotency_key_reused') return 422;
  return BAD_REQUEST.includes(category) ? 400 : statusOf(reason);
}

/** Codes that programs written for OpenAI's API look for; all others are our own reasons. */
const CODES: Partial<Record<Reason, string>> = {
  unauthenticated: 'invalid_api_key',
  quota_exceeded: 'rate_limit_exceeded',
};

/** How an engine says that a prompt is longer than its model can read. */
const CONTEXT_LIMIT = /^context tokens: /;

function codeOf({ reason, limit }: ServingError): string {
  if (reason === 'invalid_request' && limit !== undefined && CONTEXT_LIMIT.test(limit))
    return 'context_length_exceeded';
  return CODES[reason] ?? reason;
}

function typeOf(error: ServingError): string {
  const status = openAiStatus(error);
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** What happened, the limit that was hit, and what to do where that is more than the reason says. */
function wordsOf({ message, limit, reason, remedy }: ServingError): string {
  const parts = [message];
  if (limit !== undefined) parts.push(`(${limit})`);
  if (reason === 'internal' || remedy !== REASONS[reason].remedy) parts.push(remedy);
  return parts.join(' ');
}

export const errorObject = (error: ServingError): ErrorObject => ({
  message: wordsOf(error),
  type: typeOf(error),
  param: error.field ?? null,
  code: codeOf(error),
});
