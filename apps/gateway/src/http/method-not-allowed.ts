import { ServingError } from '@medserve/errors';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import type { RouteWords } from './access';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Answers a method that a path does not take with 405 and `Allow` (RFC 9110, section 15.5.6), where the framework would say that
 * there is no such path. The routes made here require a key as unknown paths do: who has none learns neither.
 *
 * @returns what makes them, to be called when all other routes are there
 */
export function answerWrongMethods(server: FastifyInstance): () => void {
  const methodsByPath = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByPath.get(url) ?? new Set();
    methodsByPath.set(url, methods);
    for (const one of [method].flat()) methods.add(one);
  });
  return () => {
    for (const [url, taken] of [...methodsByPath]) {
      const allow = METHODS.filter((method) => taken.has(method)).join(', ');
      const refused = METHODS.filter((method) => !taken.has(method));
      if (allow === '' || refused.length === 0) continue;
      server.route({
        url,
        method: refused,
        config: { access: 'known' } satisfies RouteWords,
        handler: (_request, reply) => {
          void reply.header('allow', allow);
          throw new ServingError('method_not_allowed', `The path takes ${allow}.`);
        },
      });
    }
  };
}
