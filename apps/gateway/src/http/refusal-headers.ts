import type { ServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';

/** What a refusal says in its headers, however its body is spelt: when to come back, and by what credential. */
export function refusalHeaders(reply: FastifyReply, error: ServingError, status: number): void {
  if (error.retryAfterMs !== undefined) {
    void reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000))).header('x-should-retry', 'true');
  }
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="medserve"');
}
