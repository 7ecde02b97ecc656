import type { ServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import { refusalHeaders } from '../http/refusal-headers';
import { PROBLEM_TYPE, toProblem } from '../http/problem';
import { errorObject, openAiStatus } from './error-object';
import { tellRequestIds } from '../http/request-id';
import { UNSERVED_NAMES } from './unserved-paths';

/** Paths of OpenAI's API, those among them that are not served. */
export const OPENAI_PREFIX = new RegExp(
  `^/v1/(?:${['chat', 'embeddings', 'files', ...UNSERVED_NAMES].join('|')})(?:[/?]|$)`,
);

/** Paths that both our own clients and OpenAI's ask. */
export const SHARED_PREFIX = /^\/v1\/models(?:[/?]|$)/;

/** From here on the clients send again what failed, unless they are told that it is in vain. */
const RETRIED_FROM = 429;

function tellRetry(reply: FastifyReply, { retryAfterMs }: ServingError, status: number): void {
  if (retryAfterMs !== undefined) void reply.header('retry-after-ms', String(Math.ceil(retryAfterMs)));
  else if (status >= RETRIED_FROM) void reply.header('x-should-retry', 'false');
}

/** Answers with the error object of OpenAI's API. @param ours the id on record, where it is not that of the connection */
export function sendOpenAiError(reply: FastifyReply, error: ServingError, ours?: string): void {
  const status = openAiStatus(error);
  refusalHeaders(reply, error, status);
  tellRetry(reply, error, status);
  tellRequestIds(reply, ours);
  void reply
    .code(status)
    .header('content-type', 'application/json')
    .header('medserve-reason', error.reason)
    .send(Buffer.from(JSON.stringify({ error: errorObject(error) })));
}

/** Answers with a problem document that is an error of OpenAI's API as well. */
export function sendSharedError(reply: FastifyReply, error: ServingError): void {
  const problem = toProblem(error, reply.request.id);
  refusalHeaders(reply, error, problem.status);
  tellRetry(reply, error, problem.status);
  tellRequestIds(reply);
  void reply
    .code(problem.status)
    .header('content-type', PROBLEM_TYPE)
    .send(Buffer.from(JSON.stringify({ ...problem, error: errorObject(error) })));
}
