import type { FastifyInstance } from 'fastify';
import { isStreamed, type RouteWords } from '../http/access';
import { answerBrokenClient } from './protocol-errors';

/** So long all of an ordinary request may take to arrive. */
const ARRIVAL_MS = 120_000;

/** A streamed body may be gigabytes over a slow line; who reads it says when it is too slow. This long it may take in all. */
export const STREAMED_ARRIVAL_MS = 4 * 60 * 60 * 1000;

/**
 * Ends requests whose body does not arrive, as the server itself would if all routes had the same time. Stands before what reads
 * bodies and before what refuses: a body that nobody wants has to come to its end as well.
 */
export function endLateBodies(server: FastifyInstance, arrivalMs = ARRIVAL_MS): void {
  server.addHook('onRequest', ({ raw, headers, routeOptions }, _reply, done) => {
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    if (hasBody && !isStreamed(routeOptions.config as RouteWords, headers['content-type'])) {
      const timer = setTimeout(() => {
        if (!raw.complete) answerBrokenClient(new LateBody(), raw.socket);
      }, arrivalMs).unref();
      raw.once('close', () => {
        clearTimeout(timer);
      });
    }
    done();
  });
}

class LateBody extends Error {
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT';
}
