import { toServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../http/access';
import { principalOf } from '../http/default-deny';
import { sendRefusal } from '../http/send-refusal';
import type { Doorkeeper } from './doorkeeper';
import { tellStandings } from './rate-limit-headers';
import type { Ticket } from './ticket';

declare module 'fastify' {
  interface FastifyRequest {
    ticket?: Ticket;
  }
}

export type DoorOfHttp = Pick<Doorkeeper, 'enter' | 'standings'>;

const asksAModel = (request: FastifyRequest): boolean =>
  (request.routeOptions.config as { access?: Access }).access === 'infer';

/** Stands behind the proof of who asks and before the body: what asks a model passes the doorkeeper. */
export function admitInferences(server: FastifyInstance, doorkeeper: DoorOfHttp, instruments: Instruments): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (!asksAModel(request)) return undefined;
    const principal = principalOf(request);
    try {
      const ticket = await doorkeeper.enter(principal);
      request.ticket = ticket;
      // Its caller may have gone while the quotas were asked: then nothing closes any more.
      if (reply.raw.closed) ticket.leave();
      else
        reply.raw.once('close', () => {
          ticket.leave();
        });
      return undefined;
    } catch (thrown) {
      const error = toServingError(thrown);
      instruments.refusals.inc({ reason: error.reason });
      sendRefusal(reply, error);
      return reply;
    }
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (asksAModel(request) && request.principal !== undefined)
      tellStandings(reply, doorkeeper.standings(request.principal));
    done();
  });
}
