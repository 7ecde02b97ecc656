import { toServingError, type ServingError } from '@medserve/errors';
import type { Instruments, Logger } from '@medserve/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tellDenied } from '../audit/denied-request';
import type { Denials } from '../audit/denials';
import { sendRefusal } from './send-refusal';

export interface RefusalParts {
  readonly instruments: Pick<Instruments, 'refusals'>;
  readonly logger: Pick<Logger, 'error'>;
  readonly denials: Pick<Denials, 'of' | 'unknown'>;
}

/** What is done in front of a handler. What it throws is the answer. */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The one way by which a failure becomes an HTTP answer, wherever in the course of a request it was thrown. */
export class Refusals {
  constructor(private readonly parts: RefusalParts) {}

  /** Counts it and, of a mistake of ours, writes it down. Who lacked a credential or a right is on record before they hear of it. */
  async refuse(reply: FastifyReply, error: ServingError): Promise<void> {
    const { instruments, logger, denials } = this.parts;
    instruments.refusals.inc({ reason: error.reason });
    if (error.category === 'internal') {
      logger.error('a request failed by a mistake of ours', {
        requestId: reply.request.id,
        error: error.cause ?? error,
      });
    }
    await tellDenied(denials, reply.request, error);
    if (!reply.sent) sendRefusal(reply, error);
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
