import type { ServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import { PROBLEM_TYPE, toProblem } from '../infer/problem';

/** Answers with a problem document (RFC 9457), with `Retry-After` and `x-should-retry` where a retry makes sense. */
export function sendProblem(reply: FastifyReply, error: ServingError): void {
  const problem = toProblem(error, reply.request.id);
  void reply.code(problem.status).header('content-type', PROBLEM_TYPE);
  if (error.retryAfterMs !== undefined) {
    void reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000))).header('x-should-retry', 'true');
  }
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="medserve"');
  // A Buffer passes Fastify's serialiser untouched, so the document keeps its media type without a charset.
  void reply.send(Buffer.from(JSON.stringify(problem)));
}
