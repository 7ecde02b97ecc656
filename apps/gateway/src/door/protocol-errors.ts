import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ServingError } from '@medserve/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newEventId } from '@medserve/events';
import { PROBLEM_TYPE, toProblem } from '../http/problem';
import { errorText, OIP_PREFIX } from '../oip/http/send-error-object';
import { errorObject } from '../openai/error-object';
import { OPENAI_PREFIX } from '../openai/send-openai-error';
import { sendRefusal } from './send-refusal';

/** Of a request line, in bytes; a longer one is told as a problem. */
const LONGEST_LINE = 4_096;

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
export function answerBrokenClient(
  error: Error & { readonly code?: string; readonly rawPacket?: unknown },
  socket: Socket,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const [status, detail] = SPECIAL[error.code ?? ''] ?? [400, 'The bytes are not a well-formed HTTP request.'];
  const id = newEventId();
  const { contentType, document } = spelt(pathIn(error.rawPacket), new ServingError('invalid_request', detail), id);
  const body = JSON.stringify('status' in document ? { ...document, status } : document);
  socket.end(
    [
      `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
      `content-type: ${contentType}`,
      `content-length: ${String(Buffer.byteLength(body))}`,
      `x-request-id: ${id}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

/** The path that the request line names, where what came last begins with one. */
function pathIn(packet: unknown): string {
  const head = Buffer.isBuffer(packet) ? packet.toString('latin1', 0, LONGEST_LINE) : '';
  return /^[A-Z]+ (\/\S*) HTTP\/1/.exec(head)?.[1] ?? '/';
}

/** A failure in the shape of the protocol that the path belongs to. */
function spelt(
  path: string,
  error: ServingError,
  id: string,
): { readonly contentType: string; readonly document: object } {
  if (OIP_PREFIX.test(path)) return { contentType: 'application/json', document: errorText(error) };
  if (OPENAI_PREFIX.test(path)) return { contentType: 'application/json', document: { error: errorObject(error) } };
  return { contentType: PROBLEM_TYPE, document: toProblem(error, id) };
}
