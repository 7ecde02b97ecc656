import { ServingError, toServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { codingOf, inflateBody } from './inflate-body';
import { sendRefusal } from './send-refusal';

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

export interface BodyLimits {
  readonly budget: BodyBudget;
  /** Of one body, also after it was inflated, in bytes. */
  readonly limitBytes: number;
  readonly instruments: Instruments;
}

/**
 * Counts each request's body from before it is read until its answer has left or its connection is gone, and what it becomes
 * when it is inflated.
 */
export function budgetBodies(server: FastifyInstance, { budget, limitBytes, instruments }: BodyLimits): void {
  const orRefused =
    (admit: (request: FastifyRequest, reply: FastifyReply) => Promise<void>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
      try {
        await admit(request, reply);
        return undefined;
      } catch (thrown) {
        const error = toServingError(thrown);
        instruments.refusals.inc({ reason: error.reason });
        sendRefusal(reply, error);
        return reply;
      }
    };

  server.addHook(
    'onRequest',
    orRefused((request, reply) => {
      const bytes = announcedBytes(request);
      if (bytes > 0) reply.raw.once('close', budget.take(bytes));
      return Promise.resolve();
    }),
  );

  server.addHook(
    'preValidation',
    orRefused(async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) return;
      const coding = codingOf(request.headers['content-encoding']);
      if (coding === undefined) return;
      const held: (() => void)[] = [];
      let isGone = false;
      reply.raw.once('close', () => {
        isGone = true;
        for (const giveBack of held) giveBack();
      });
      const take = (bytes: number): void => {
        // After the close nobody would give the bytes back.
        if (isGone) throw new ServingError('cancelled', 'The caller went away.');
        held.push(budget.take(bytes));
      };
      request.body = await inflateBody(request.body, coding, { limitBytes, take });
    }),
  );
}
