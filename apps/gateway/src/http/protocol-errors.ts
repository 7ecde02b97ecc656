import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ServingError } from '@medserve/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newEventId } from '@medserve/events';
import { PROBLEM_TYPE, toProblem } from '../infer/problem';
import { sendRefusal } from './send-refusal';

/** What the router itself refuses, before there is a route: an escape that is none, a path segment that is too long. */
export function frameworkProblem(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', reply.request.id);
  sendRefusal(reply, new ServingError('invalid_request', 'The path of the request is not well formed.'));
}

const SPECIAL: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/** What is not HTTP at all, or does not arrive: there is no request yet, so the answer is written to the connection. */
export function answerBrokenClient(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const [status, detail] = SPECIAL[error.code ?? ''] ?? [400, 'The bytes are not a well-formed HTTP request.'];
  const id = newEventId();
  const body = JSON.stringify({ ...toProblem(new ServingError('invalid_request', detail), id), status });
  socket.end(
    [
      `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${String(Buffer.byteLength(body))}`,
      `x-request-id: ${id}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
