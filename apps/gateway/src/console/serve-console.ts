import { ServingError } from '@medserve/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteWords } from '../http/access';
import { acceptedCoding } from './coding';
import { CONSOLE_PAGES } from './pages';
import type { ConsoleFile, ConsoleFiles } from './read-console';
import { SECURITY_HEADERS } from './security-headers';

/** Asked for again each time, which costs a few bytes while it is the same. */
const CHECKED = 'no-cache';
/** Whatever has this name has this content: a year, which is how "for ever" is written (RFC 9111, RFC 8246). */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Everybody may have the page: what it shows, it asks the platform for as whoever is signed in. */
const OPEN = { config: { access: 'open' } satisfies RouteWords };

/** Serves the console from memory, beside the API. Files are found by their exact names: there is no path to walk. */
export function serveConsole(server: FastifyInstance, { index, icon, assets }: ConsoleFiles): void {
  for (const page of CONSOLE_PAGES) {
    server.get(page, OPEN, (request, reply) => send(request, reply, index, CHECKED));
  }
  server.get('/favicon.svg', OPEN, (request, reply) => send(request, reply, icon, CHECKED));
  server.get('/assets/*', OPEN, (request, reply) => {
    const { '*': name } = request.params as { readonly '*': string };
    const file = assets.get(name);
    if (file === undefined) throw new ServingError('not_found', 'The console has no such file.');
    return send(request, reply, file, FOR_EVER);
  });
}

function send({ headers }: FastifyRequest, reply: FastifyReply, file: ConsoleFile, keep: string): FastifyReply {
  const coding = acceptedCoding(headers['accept-encoding'], [...file.coded.keys()]);
  const tag = `"${file.digest}${coding === undefined ? '' : `-${coding}`}"`;
  void reply.headers({ ...SECURITY_HEADERS, 'cache-control': keep, etag: tag, vary: 'accept-encoding' });
  if (isKnown(headers['if-none-match'], tag)) return reply.code(304).send();
  if (coding !== undefined) void reply.header('content-encoding', coding);
  return reply.header('content-type', file.type).send((coding && file.coded.get(coding)) ?? file.bytes);
}

/** Whether the client has it already (RFC 9110, section 13.1.2). */
const isKnown = (header: string | undefined, tag: string): boolean =>
  header !== undefined && header.split(',').some((known) => ['*', tag, `W/${tag}`].includes(known.trim()));
