import type { Candidate, Situation } from './candidate';
import { filtersFor } from './filters';
import { CLASS_SCORERS, fieldOf, RANK_SCORERS, total, type Field } from './scorers';

/** Those of the best class: connected before loaded before cold, and of these the one that the key belongs to. */
function bestClass<C extends Candidate>(left: readonly C[], field: Field): C[] {
  let best: C[] = [];
  let bestTotal = -1;
  for (const candidate of left) {
    const value = total(CLASS_SCORERS, candidate, field);
    if (value > bestTotal) {
      best = [candidate];
      bestTotal = value;
    } else if (value === bestTotal) {
      best.push(candidate);
    }
  }
  return best;
}

/**
 * Filter, score, pick: of the best class two at random, of these the better one ("power of two choices", Mitzenmacher 2001: many
 * routers with stale knowledge do not all run to the same replica).
 *
 * @param random in [0, 1)
 * @returns `undefined` when nobody may have the request now. Who is not connected has to be opened first.
 */
export function pickReplica<C extends Candidate>(
  candidates: readonly C[],
  situation: Situation,
  random: () => number,
): C | undefined {
  const filteredBy = filtersFor(candidates, situation);
  const left = candidates.filter((candidate) => filteredBy(candidate) === undefined);
  if (left.length < 2) return left[0];
  const field = fieldOf(left, situation);
  const pool = bestClass(left, field);
  if (pool.length < 2) return pool[0];
  const at = Math.floor(random() * pool.length);
  const first = pool[at];
  const second = pool[(at + 1 + Math.floor(random() * (pool.length - 1))) % pool.length];
  if (!first || !second) return first;
  return total(RANK_SCORERS, second, field) > total(RANK_SCORERS, first, field) ? second : first;
}

/** Why a candidate was not eligible, or its scores by name, each times its weight. */
export type Explained =
  | { readonly pod: string; readonly filteredBy: string }
  | { readonly pod: string; readonly scores: Readonly<Record<string, number>> };

/** The decision in words, for who wants to know. As costly as the decision itself, so only made then. */
export function explain(candidates: readonly Candidate[], situation: Situation): Explained[] {
  const filteredBy = filtersFor(candidates, situation);
  const field = fieldOf(
    candidates.filter((candidate) => filteredBy(candidate) === undefined),
    situation,
  );
  return candidates.map((candidate) => {
    const { pod } = candidate;
    const name = filteredBy(candidate);
    if (name !== undefined) return { pod, filteredBy: name };
    const scores = [...CLASS_SCORERS, ...RANK_SCORERS].map((scorer): [string, number] => [
      scorer.name,
      Math.round(1_000 * scorer.weight * scorer.score(candidate, field)) / 1_000,
    ]);
    return { pod, scores: Object.fromEntries(scores) };
  });
}
