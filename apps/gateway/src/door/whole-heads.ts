import type { IncomingMessage } from 'node:http';
import { ServingError } from '@medserve/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { frameworkProblem } from './protocol-errors';
import { isStreamed, type RouteWords } from '../http/access';
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

/** `uri-host [ ":" port ]` (RFC 9110, section 7.2; RFC 3986, section 3.2); empty where the target has no authority. */
const HOST = /^(?:\[[\dA-Fa-fv:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/;

/** Of two hosts a proxy in front may have believed the other one; so may whoever reads the one that is no host. */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((_text, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
  if (hosts.length === 0) return httpVersion !== '1.1';
  return hosts.length === 1 && HOST.test(hosts[0] ?? '');
}

/** Node undoes `chunked` and hands over what is inside of any other coding as it came, compressed (RFC 9112, section 7). */
const isSentPlainly = ({ headers }: IncomingMessage): boolean =>
  (headers['transfer-encoding'] ?? 'chunked').trim().toLowerCase() === 'chunked';

/** Why a head is refused before anybody looks at its path; undefined where it is as it should be. */
function oddity(message: IncomingMessage): ServingError | undefined {
  if (!hasOneHost(message))
    return new ServingError('invalid_request', 'The request does not name one host.', { field: 'Host' });
  if (!isSentPlainly(message))
    return new ServingError(
      'invalid_request',
      'Bodies are taken in chunks or whole, and in no other transfer coding.',
      {
        field: 'Transfer-Encoding',
        remedy: 'Name the compression of the body in Content-Encoding, where the path takes one.',
      },
    );
  return undefined;
}

/**
 * What Node would answer by itself with an empty body and no id, or not look at: a request without `Host`, or with two, or one that is none
 * (RFC 9112, section 3.2), is refused as any other, and so is a transfer coding that nobody undoes (section 6.1); an expectation that is
 * not known may be left alone (RFC 9110, section 10.1.1).
 */
export function answerOddHeads(server: FastifyInstance, refusals: Pick<Refusals, 'orRefused'>): void {
  server.server.on('checkExpectation', (request, response) => {
    server.server.emit('request', request, response);
  });
  server.addHook('onRequest', (request, reply, done) => {
    const odd = oddity(request.raw);
    if (odd === undefined) done();
    else void refusals.orRefused(() => Promise.reject(odd))(request, reply);
  });
}

/**
 * Tells a caller who waits with the body (`Expect: 100-continue`) to go on once the head was let in. Who is refused by the head alone hears
 * that in its place (RFC 9110, section 10.1.1), and sends nothing in vain. Stands behind the hooks that refuse.
 */
export function askForBodies(server: FastifyInstance): void {
  const waiting = new WeakSet<IncomingMessage>();
  server.server.on('checkContinue', (request, response) => {
    waiting.add(request);
    server.server.emit('request', request, response);
  });
  server.addHook('preParsing', (request, reply, _payload, done) => {
    if (waiting.delete(request.raw) && !isTooLong(request)) reply.raw.writeContinue();
    done();
  });
}

/** Whether the length alone is a reason to refuse it, which is for who reads the body to say. */
function isTooLong({ headers, routeOptions }: FastifyRequest): boolean {
  const isForStream = isStreamed(routeOptions.config as RouteWords, headers['content-type']);
  return !isForStream && Number(headers['content-length'] ?? 0) > routeOptions.bodyLimit;
}
