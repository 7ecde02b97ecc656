import type { Candidate, Situation } from './candidate';

export interface Filter<S = Situation> {
  /** The word that a decision gives for who was left out by it. */
  readonly name: string;
  readonly rejects: (candidate: Candidate, situation: S) => boolean;
}

/** What it depends on whether somebody can serve the model at all. */
type Wanted = Pick<Situation, 'digest'>;

const unreachable: Filter<Wanted> = { name: 'unreachable', rejects: ({ reachable }) => !reachable };

const otherDigest: Filter<Wanted> = {
  name: 'other_digest',
  rejects: ({ digest }, situation) => digest !== situation.digest,
};

const unloaded: Filter<Wanted> = { name: 'unloaded', rejects: ({ state }) => state === 'unloaded' };

const broken: Filter<Wanted> = { name: 'broken', rejects: ({ state }) => state === 'broken' };

const ejected: Filter = { name: 'ejected', rejects: ({ ejectedUntilMs }, { nowMs }) => ejectedUntilMs > nowMs };

const opening: Filter = { name: 'opening', rejects: ({ link }) => link === 'opening' };

/** What a host is still busy with that is not connected any more says nothing about the one that would be. */
const full: Filter = {
  name: 'full',
  rejects: ({ link, inFlight, limit, capacity }, { hostMakesRoom = false }) =>
    link === 'up' && inFlight >= limit + (hostMakesRoom ? capacity : 0),
};

/** A further replica is worth loading only when it is there before the ones that serve have a place. */
const notWorthLoading: Filter = {
  name: 'not_worth_loading',
  rejects: ({ link, state }, { expectedWaitMs, expectedLoadMs }) =>
    link === 'none' && state !== 'ready' && expectedWaitMs !== undefined && expectedWaitMs <= expectedLoadMs,
};

/** Whoever these leave out cannot serve the model at all. */
const ABLE: readonly Filter<Wanted>[] = [unreachable, otherDigest, unloaded, broken];
const WITHOUT_EJECTION: readonly Filter[] = [...ABLE, opening, full, notWorthLoading];
const ALL: readonly Filter[] = [...ABLE, ejected, opening, full, notWorthLoading];

const filteredBy = (filters: readonly Filter[], candidate: Candidate, situation: Situation): string | undefined => {
  for (const filter of filters) if (filter.rejects(candidate, situation)) return filter.name;
  return undefined;
};

/** Whether the candidate could serve the model, now or after loading it. */
export const isAble = (candidate: Candidate, wanted: Wanted): boolean =>
  !ABLE.some((filter) => filter.rejects(candidate, wanted));

/**
 * The filters that hold for these candidates. Where every able one is ejected none counts as ejected: a bad answer is worth
 * more than none (Envoy's panic mode), also when the pool shrank after the ejections.
 */
export function filtersFor(
  candidates: readonly Candidate[],
  situation: Situation,
): (candidate: Candidate) => string | undefined {
  const hasHealthy = candidates.some(
    (candidate) => isAble(candidate, situation) && !ejected.rejects(candidate, situation),
  );
  const filters = hasHealthy ? ALL : WITHOUT_EJECTION;
  return (candidate) => filteredBy(filters, candidate, situation);
}
