import { ServingError } from '@medserve/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { RouteWords } from './access';
import type { Refusals } from './refusals';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Answers a method that a path does not take with 405 and `Allow` (RFC 9110, section 15.5.6), where the framework would say that
 * there is no such path. The routes made here require a key as unknown paths do: who has none learns neither,
 * but of a path that is open to everyone.
 *
 * @returns what makes them, to be called when all other routes are there
 */
export function answerWrongMethods(server: FastifyInstance, refusals: Pick<Refusals, 'orRefused'>): () => void {
  const methodsByPath = new Map<string, Set<string>>();
  const openPaths = new Set<string>();
  /** Without the routes that are made here. */
  let takenByPath: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  server.addHook('onRoute', ({ url, method, config }) => {
    if ((config as RouteWords | undefined)?.access === 'open') openPaths.add(url);
    const methods = methodsByPath.get(url) ?? new Set();
    methodsByPath.set(url, methods);
    for (const one of [method].flat()) methods.add(one);
  });
  // What no path takes, `TRACE` or `PROPFIND`, has no routes of its own: there are thirty of them, and hundreds of paths.
  const refuse = refusals.orRefused((request, reply) => Promise.reject(notAllowed(reply, takenBy(request))));
  const takenBy = ({ raw }: FastifyRequest): ReadonlySet<string> => {
    const path = raw.url?.split('?', 1)[0] ?? '';
    return new Set([...takenByPath].filter(([url]) => isPathOf(url, path)).flatMap(([, methods]) => [...methods]));
  };
  // Before its body: one that has none, and no type, would be refused for that.
  server.addHook('preParsing', (request, reply, _payload, done) => {
    const isOdd = request.is404 && !METHODS.includes(request.method);
    if (isOdd && takenBy(request).size > 0) void refuse(request, reply);
    else done();
  });
  return () => {
    takenByPath = new Map([...methodsByPath].map(([url, taken]) => [url, new Set(taken)]));
    for (const [url, taken] of takenByPath) {
      const refused = METHODS.filter((method) => !taken.has(method));
      if (refused.length === METHODS.length || refused.length === 0) continue;
      server.route({
        url,
        method: refused,
        config: { access: openPaths.has(url) ? 'open' : 'known' } satisfies RouteWords,
        handler: (_request, reply) => {
          throw notAllowed(reply, taken);
        },
      });
    }
  };
}

function notAllowed(reply: FastifyReply, taken: ReadonlySet<string>): ServingError {
  const allow = METHODS.filter((method) => taken.has(method)).join(', ');
  void reply.header('allow', allow);
  return new ServingError('method_not_allowed', `The path takes ${allow}.`);
}

/** Whether a path is one of a route's, `/v2/models/:name/versions/:version` or `/console/*`. */
function isPathOf(route: string, path: string): boolean {
  const wanted = route.split('/');
  const parts = path.split('/');
  const open = wanted.indexOf('*');
  if (open < 0 ? wanted.length !== parts.length : parts.length < open) return false;
  return wanted.slice(0, open < 0 ? undefined : open).every((name, at) => name.includes(':') || name === parts[at]);
}
