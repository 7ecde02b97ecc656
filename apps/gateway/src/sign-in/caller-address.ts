import type { FastifyRequest } from 'fastify';

/** The longest address, of IPv6 with a zone, has fewer characters. */
const LONGEST = 64;

/**
 * Where an attempt to sign in came from, to bound those of one address. Behind a proxy all have the proxy's address, and one who guesses
 * would lock out the others: they are told apart by the last word of `X-Forwarded-For`, which is what the proxy itself heard. Whoever
 * makes one up gets around the limit of an address, not around that of all. Nothing else may rest on it.
 */
export function callerAddress({ ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>): string {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1)?.trim() ?? '';
  return forwarded === '' ? ip : `${ip} ${forwarded.slice(0, LONGEST)}`;
}
