import type { ServingError } from '@medserve/errors';
import type { FastifyRequest } from 'fastify';
import type { Denials } from './denials';

/** Puts on record that a request was refused for want of a credential or of a right; any other failure is none of its business. */
export async function tellDenied(
  denials: Pick<Denials, 'of' | 'unknown'>,
  { principal, routeOptions }: FastifyRequest,
  { reason, category }: ServingError,
): Promise<void> {
  if (category !== 'unauthenticated' && category !== 'forbidden') return;
  if (principal === undefined) denials.unknown(reason);
  else await denials.of(principal, { reason, subject: routeSubject(routeOptions.url) });
}

/** The route as it is declared and not as it was asked for, in the signs that a word of the records has: of `*` it has none. */
export const routeWord = (route: string): string => route.replace(/[^A-Za-z0-9._:/-]/g, '-');

/** Where there is no route, nothing of what was asked. */
export const routeSubject = (route: string | undefined): string => `route:${routeWord(route ?? '/')}`;
