import type { FastifyInstance } from 'fastify';
import { frameworkProblem } from './protocol-errors';

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
