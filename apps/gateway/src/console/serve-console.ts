import { ServingError } from '@medserve/errors';
import type { FastifyInstance } from 'fastify';
import type { RouteWords } from '../http/access';
import { CONSOLE_PAGES } from './pages';
import type { ConsoleFiles } from './read-console';
import { sendFile } from './send-file';

/** Asked for again each time, which costs a few bytes while it is the same. */
const CHECKED = 'no-cache';
/** Whatever has this name has this content: a year, which is how "for ever" is written (RFC 9111, RFC 8246). */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Everybody may have the page: what it shows, it asks the platform for as whoever is signed in. */
const OPEN = { config: { access: 'open' } satisfies RouteWords };

/** Serves the console from memory, beside the API. Files are found by their exact names: there is no path to walk. */
export function serveConsole(server: FastifyInstance, { index, icon, assets }: ConsoleFiles): void {
  for (const page of CONSOLE_PAGES) {
    server.get(page, OPEN, (request, reply) => sendFile(request, reply, index, { keep: CHECKED }));
  }
  server.get('/favicon.svg', OPEN, (request, reply) => sendFile(request, reply, icon, { keep: CHECKED }));
  server.get('/assets/*', OPEN, (request, reply) => {
    const { '*': name } = request.params as { readonly '*': string };
    const file = assets.get(name);
    if (file === undefined) throw new ServingError('not_found', 'The console has no such file.');
    return sendFile(request, reply, file, { keep: FOR_EVER });
  });
}
