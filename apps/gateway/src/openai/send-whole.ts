import { ServingError, toServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import { tellDecision } from '../http/explain';
import type { Ended, Prepared } from '../infer/prepared';
import { errorOfProblem, PROBLEM_TYPE } from '../http/problem';
import type { Road } from '../infer/road';
import { tellRequestIds } from '../http/request-id';
import { sendOpenAiError } from './send-openai-error';

/** What the request ended in: its answer, or why there is none. The road has counted it and has it on record. */
export async function endOf(ended: Promise<Ended>): Promise<Ended | ServingError> {
  try {
    const end = await ended;
    return end.contentType === PROBLEM_TYPE ? errorOfProblem(end) : end;
  } catch (thrown) {
    return toServingError(thrown);
  }
}

/** Has the request answered, and sends the whole answer. @throws ServingError where it is not accepted */
export async function sendWhole(
  road: Pick<Road, 'accept'>,
  reply: FastifyReply,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<void> {
  const { id, ended } = await road.accept(prepared, { signal, ticket: reply.request.ticket, door: 'openai' });
  const end = await endOf(ended);
  if (end instanceof ServingError) {
    sendOpenAiError(reply, end, id);
    return;
  }
  tellDecision(reply, end.decision);
  tellRequestIds(reply, id);
  void reply.header('server-timing', prepared.times.serverTiming());
  void reply.code(200).header('content-type', end.contentType).send(end.bytes);
}
