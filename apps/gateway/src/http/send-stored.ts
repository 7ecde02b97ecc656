import type { FastifyReply } from 'fastify';
import type { StoredResult } from '../infer/ports';
import { PROBLEM_TYPE, type Problem } from '../infer/problem';

/** Sends the recorded bytes of an ended request, byte for byte: its answer, or the problem that it ended in. */
export function sendStored(reply: FastifyReply, id: string, { bytes, contentType }: StoredResult): void {
  const status = contentType === PROBLEM_TYPE ? (JSON.parse(bytes.toString('utf8')) as Problem).status : 200;
  void reply.code(status).header('content-type', contentType).header('x-request-id', id).send(bytes);
}
