import type { FastifyReply, FastifyRequest } from 'fastify';

const ECHOED = 'x-request-id';
/** Our own id of a request, by which its record is found, beside the one that its caller chose. */
const OURS = 'x-medserve-request-id';

const CLEAN = /^[\x21-\x7e]{1,128}$/;

/**
 * The ids of a request in the headers of its answer. The clients of OpenAI's API show `x-request-id` with an error, and may choose
 * it; what is too long or unprintable is not told back.
 */
function requestIds(
  { headers, id }: Pick<FastifyRequest, 'headers' | 'id'>,
  ours = id,
): Readonly<Record<string, string>> {
  const theirs = headers[ECHOED];
  const isClean = typeof theirs === 'string' && CLEAN.test(theirs);
  return { [ECHOED]: isClean ? theirs : ours, [OURS]: ours };
}

export function tellRequestIds(reply: FastifyReply, ours?: string): void {
  void reply.headers(requestIds(reply.request, ours));
}
