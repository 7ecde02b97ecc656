import { ServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './send-problem';

/** What a body without a length is counted as: what most images take, so that many small senders fit. */
const UNKNOWN_BYTES = 4 * 1024 * 1024;

/**
 * The bytes of bodies that the gateway holds at once. One body is limited by itself; many large ones together would still fill
 * the memory, so a request whose body does not fit any more is refused before it is read.
 */
export class BodyBudget {
  private held = 0;

  constructor(private readonly limitBytes: number) {}

  /**
   * @returns how to give the bytes back, once
   * @throws ServingError `overloaded` naming the limit; a body goes in alone, however large
   */
  take(bytes: number): () => void {
    if (this.held > 0 && this.held + bytes > this.limitBytes) {
      throw new ServingError('overloaded', 'The requests that are being served hold as many bytes as may.', {
        limit: `bodies in flight: ${String(this.limitBytes)} bytes`,
      });
    }
    this.held += bytes;
    let isHeld = true;
    return () => {
      if (isHeld) this.held -= bytes;
      isHeld = false;
    };
  }
}

/** The length that a request announces for its body. */
export function announcedBytes({ headers }: Pick<FastifyRequest, 'headers'>): number {
  if (headers['transfer-encoding'] !== undefined) return UNKNOWN_BYTES;
  const length = Number(headers['content-length'] ?? 0);
  return Number.isSafeInteger(length) && length >= 0 ? length : UNKNOWN_BYTES;
}

/** Counts each request's body from before it is read until its answer has left or its connection is gone. */
export function budgetBodies(server: FastifyInstance, budget: BodyBudget, instruments: Instruments): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const bytes = announcedBytes(request);
    if (bytes === 0) return undefined;
    try {
      reply.raw.once('close', budget.take(bytes));
      return undefined;
    } catch (thrown) {
      const error = thrown as ServingError;
      instruments.refusals.inc({ reason: error.reason });
      sendProblem(reply, error);
      return reply;
    }
  });
}
