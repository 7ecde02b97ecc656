import type { ServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import { refusalHeaders } from '../http/refusal-headers';
import { statusOf } from '../http/problem';

/** Paths whose clients speak OAuth 2. */
export const OAUTH_PREFIX = /^\/oauth(?:[/?]|$)/;

const BY_FIELD: Readonly<Record<string, string>> = { grant_type: 'unsupported_grant_type', scope: 'invalid_scope' };

/** RFC 6749, section 5.2; for what is not the caller's, the words of section 4.1.2.1. */
function codeOf({ category, field }: ServingError): string {
  if (category === 'unauthenticated') return 'invalid_client';
  if (category === 'internal') return 'server_error';
  if (category === 'unavailable' || category === 'exhausted' || category === 'deadline')
    return 'temporarily_unavailable';
  return BY_FIELD[field ?? ''] ?? 'invalid_request';
}

/** What may stand in a description there: printable ASCII without quotes and backslashes. */
const described = (text: string): string => text.replaceAll(/[^ !#-[\]-~]/g, "'");

/** Answers with an error object of OAuth 2. */
export function sendOAuthError(reply: FastifyReply, error: ServingError): void {
  const status = statusOf(error.reason);
  refusalHeaders(reply, error, status);
  void reply
    .code(status)
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .header('medserve-reason', error.reason)
    .send(Buffer.from(JSON.stringify({ error: codeOf(error), error_description: described(error.message) })));
}
