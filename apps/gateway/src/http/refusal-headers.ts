import type { ServingError } from '@medserve/errors';
import { MissingScope } from '@medserve/security';
import type { FastifyReply } from 'fastify';
import { CODINGS_TAKEN, CONTENT_ENCODING } from './inflate-body';

/** When a retry makes sense, where one does (RFC 9110, section 10.2.3). */
export function tellRetryAfter(reply: FastifyReply, retryAfterMs: number | undefined): void {
  if (retryAfterMs === undefined) return;
  void reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000))).header('x-should-retry', 'true');
}

/**
 * RFC 6750, section 3: who sent no credential learns only which kind is asked for, and whose credential is good for less than is asked learns
 * which scope. A description there has no quotes and no backslashes.
 */
function challenge({ request }: FastifyReply, error: ServingError): string {
  const realm = 'Bearer realm="medserve"';
  if (!sentToken(request)) return realm;
  if (error instanceof MissingScope) return `${realm}, error="insufficient_scope", scope="${error.scope}"`;
  return `${realm}, error="invalid_token", error_description="${error.message.replaceAll(/[^ !#-[\]-~]/g, "'")}"`;
}

const sentToken = ({ headers }: FastifyReply['request']): boolean => /^bearer /i.test(headers.authorization ?? '');

/** Whether another credential would help. A browser's session has a page that says so. */
const asksForAnother = (reply: FastifyReply, error: ServingError, status: number): boolean =>
  status === 401 || (error instanceof MissingScope && sentToken(reply.request));

/** What a refusal says in its headers, however its body is spelt: when to come back, in which coding, and by what credential. */
export function refusalHeaders(reply: FastifyReply, error: ServingError, status: number): void {
  tellRetryAfter(reply, error.retryAfterMs);
  if (status === 415 && error.field === CONTENT_ENCODING && !reply.hasHeader('accept-encoding'))
    void reply.header('accept-encoding', CODINGS_TAKEN);
  if (asksForAnother(reply, error, status)) void reply.header('www-authenticate', challenge(reply, error));
}
