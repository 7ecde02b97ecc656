import { isId } from '@medserve/events';
import type { FastifyInstance } from 'fastify';

/** Where ids are told apart by case (https://hl7.org/fhir/R4/resource.html#id). */
const EXACT = '/fhir/';

/** Ids are read in either case and written in lower case (RFC 9562, section 4): records and seals know the one spelling. */
export function readIdsInEitherCase(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const parts = (request.params ?? {}) as Record<string, string>;
    const { id } = parts;
    const isExact = request.routeOptions.url?.startsWith(EXACT) === true;
    if (!isExact && id !== undefined && isId(id)) parts['id'] = id.toLowerCase();
    done();
  });
}
