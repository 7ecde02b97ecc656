import type { ServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import { PROBLEM_TYPE, toProblem } from './problem';
import { refusalHeaders } from './refusal-headers';

/** Answers with a problem document (RFC 9457), with `Retry-After` and `x-should-retry` where a retry makes sense. */
export function sendProblem(reply: FastifyReply, error: ServingError): void {
  const problem = toProblem(error, reply.request.id);
  void reply.code(problem.status).header('content-type', PROBLEM_TYPE);
  refusalHeaders(reply, error, problem.status);
  // A Buffer passes Fastify's serialiser untouched, so the document keeps its media type without a charset.
  void reply.send(Buffer.from(JSON.stringify(problem)));
}
