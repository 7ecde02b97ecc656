import type { FastifyReply } from 'fastify';
import type { Ended } from '../infer/prepared';
import { PROBLEM_TYPE, type Problem } from '../http/problem';
import { tellRetryAfter } from '../http/refusal-headers';

/** Says of what is read from the record that it is no whole answer: the beginning of a stream looks like one. */
const STATUS = 'medserve-status';

/**
 * Sends the recorded bytes of an ended request, byte for byte: its answer, or the problem that it ended in, with when to come
 * back where that is still ahead.
 */
export function sendStored(reply: FastifyReply, id: string, { bytes, contentType, retryAfterMs, status }: Ended): void {
  const code = contentType === PROBLEM_TYPE ? (JSON.parse(bytes.toString('utf8')) as Problem).status : 200;
  tellRetryAfter(reply, retryAfterMs);
  if (status !== undefined) void reply.header(STATUS, status);
  void reply.code(code).header('content-type', contentType).header('x-request-id', id).send(bytes);
}
