import { toServingError, type ServingError } from '@medserve/errors';
import type { Instruments, Logger } from '@medserve/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface RefusalParts {
  readonly instruments: Pick<Instruments, 'refusals'>;
  readonly logger: Pick<Logger, 'error'>;
  /** Puts on record that somebody lacked a credential or a right, where that is the error. Never rejects. */
  readonly tellDenied: (request: FastifyRequest, error: ServingError) => Promise<void>;
  /** Spells the failure as the protocol does to which the path belongs. */
  readonly send: (reply: FastifyReply, error: ServingError) => void;
}

/** What is done in front of a handler. What it throws is the answer. */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The one way by which a failure becomes an HTTP answer, wherever in the course of a request it was thrown. */
export class Refusals {
  constructor(private readonly parts: RefusalParts) {}

  /** Counts it and, of a mistake of ours, writes it down. Who lacked a credential or a right is on record before they hear of it. */
  async refuse(reply: FastifyReply, error: ServingError): Promise<void> {
    const { instruments, logger, tellDenied, send } = this.parts;
    instruments.refusals.inc({ reason: error.reason });
    if (error.category === 'internal') {
      logger.error('a request failed by a mistake of ours', {
        requestId: reply.request.id,
        error: error.cause ?? error,
      });
    }
    await tellDenied(reply.request, error);
    if (!reply.sent) send(reply, error);
  }

  /** `admit` as a hook of Fastify's, which goes no further where it throws. */
  orRefused(admit: Admit): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
    return async (request, reply) => {
      try {
        await admit(request, reply);
        return undefined;
      } catch (thrown) {
        await this.refuse(reply, toServingError(thrown));
        return reply;
      }
    };
  }
}
