import type { FastifyReply } from 'fastify';
import type { Accepted } from '../infer/road';

/** Says where a job that was accepted can be watched, and where its answer will be, or is. */
export function sendJob(reply: FastifyReply, { id, before = 'accepted' }: Pick<Accepted, 'id' | 'before'>): void {
  const status = before === 'accepted' ? 'running' : before;
  const place = `/v1/jobs/${id}`;
  void reply
    .code(202)
    .header('location', place)
    .header('x-request-id', id)
    .send({ id, status, events: `${place}/events`, result: `/v1/results/${id}` });
}
