import type { FastifyReply } from 'fastify';
import type { Standing } from './ticket';

/** Of `qu` in the draft; where it is `requests` it goes without saying. */
const UNIT = { requests: '', cost: ';qu="cost-units"', concurrency: ';qu="concurrent-requests"' } as const;

/** A list of quota policies (draft-ietf-httpapi-ratelimit-headers-10, section 3). */
const rateLimitPolicy = (standings: readonly Standing[]): string =>
  standings
    .map(
      ({ name, kind, limit, windowS }) =>
        `"${name}";q=${String(limit)}${UNIT[kind]}${windowS === 0 ? '' : `;w=${String(windowS)}`}`,
    )
    .join(', ');

/** A list of service limits (section 4): what is left, and in how many seconds there will be more. */
const rateLimit = (standings: readonly Standing[]): string =>
  standings
    .map(({ name, remaining, resetMs }) => {
      const reset = resetMs === 0 ? '' : `;t=${String(Math.ceil(resetMs / 1000))}`;
      return `"${name}";r=${String(Math.max(0, Math.floor(remaining)))}${reset}`;
    })
    .join(', ');

/** Tells a caller who is bound by quotas how they stand. */
export function tellStandings(reply: FastifyReply, standings: readonly Standing[]): void {
  if (standings.length === 0) return;
  void reply.header('ratelimit-policy', rateLimitPolicy(standings)).header('ratelimit', rateLimit(standings));
}
