import { ServingError } from '@medserve/errors';
import type { FastifyInstance } from 'fastify';
import { frameworkProblem } from './protocol-errors';
import type { Refusals } from '../http/refusals';

/** Of one part of a path, in characters: models may have long names. */
const LONGEST = 256;

/** What DICOMweb calls the lists of frames that stand in its paths: 2,000 numbers. */
const LISTS: ReadonlySet<string> = new Set(['frames']);

/** Of a list, in characters; the head of a request is limited as a whole. */
export const LONGEST_LIST = 12_000;

/** Refuses what the router would refuse itself if no path had a list in it, in the same words. */
export function refuseLongParts(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const parts = Object.entries((request.params ?? {}) as Record<string, string>);
    if (parts.some(([name, part]) => part.length > LONGEST && !LISTS.has(name)))
      frameworkProblem(new Error('a part of the path is too long'), request, reply);
    else done();
  });
}

/**
 * What Node would answer by itself with an empty body and no id: an HTTP/1.1 request without `Host` (RFC 9112, section 3.2) is refused as
 * any other; an expectation that is not known may be left alone (RFC 9110, section 10.1.1).
 */
export function answerOddHeads(server: FastifyInstance, refusals: Pick<Refusals, 'orRefused'>): void {
  server.server.on('checkExpectation', (request, response) => {
    server.server.emit('request', request, response);
  });
  const refuse = refusals.orRefused(() =>
    Promise.reject(new ServingError('invalid_request', 'The request names no host.', { field: 'Host' })),
  );
  server.addHook('onRequest', (request, reply, done) => {
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) void refuse(request, reply);
    else done();
  });
}
