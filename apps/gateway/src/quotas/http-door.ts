import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteWords } from '../http/access';
import { principalOf } from '../http/principal';
import type { Refusals } from '../http/refusals';
import type { Doorkeeper } from './doorkeeper';
import { tellStandings } from './rate-limit-headers';
import type { Ticket } from './ticket';

declare module 'fastify' {
  interface FastifyRequest {
    ticket?: Ticket;
    /** Says how the quotas stand, of a request that they bind: for answers whose head leaves past the framework. */
    tellStandings?: (reply: FastifyReply) => void;
  }
}

export type DoorOfHttp = Pick<Doorkeeper, 'enter' | 'standings'>;

const asksAModel = (request: FastifyRequest): boolean => (request.routeOptions.config as RouteWords).asksModel === true;

/** Stands behind the proof of who asks and before the body: what asks a model passes the doorkeeper. */
export function admitInferences(
  server: FastifyInstance,
  doorkeeper: DoorOfHttp,
  refusals: Pick<Refusals, 'orRefused'>,
): void {
  server.addHook(
    'onRequest',
    refusals.orRefused(async (request, reply) => {
      if (!asksAModel(request)) return;
      const principal = principalOf(request);
      request.tellStandings = (told) => {
        tellStandings(told, doorkeeper.standings(principal));
      };
      const ticket = await doorkeeper.enter(principal);
      request.ticket = ticket;
      // Its caller may have gone while the quotas were asked: then nothing closes any more.
      if (reply.raw.closed) ticket.leave();
      else
        reply.raw.once('close', () => {
          ticket.leave();
        });
    }),
  );
  server.addHook('onSend', (request, reply, _payload, done) => {
    request.tellStandings?.(reply);
    done();
  });
}
