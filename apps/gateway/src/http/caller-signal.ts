import type { FastifyReply } from 'fastify';

/** Aborts when the caller hangs up before the answer was sent; work that nobody waits for is not done. */
export function callerSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // The caller may have gone while it was found out who asks: `close` comes once.
  if (reply.raw.closed) controller.abort();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
