/** One pod that could answer, as the router knows it now. */
export interface Replica {
  readonly pod: string;
  readonly reachable: boolean;
  /** Whether the model is loaded there. */
  readonly loaded: boolean;
  readonly inFlight: number;
}

/** Between 0 and 1, better is more; a loaded model is worth more than any queue that fits before it. */
function score({ loaded, inFlight }: Replica): number {
  return (loaded ? 0.5 : 0) + 0.5 / (1 + inFlight);
}

/**
 * Filter, score, pick: of the reachable replicas two at random, of these the better one ("power of two choices",
 * Mitzenmacher 2001: many routers with stale knowledge do not all run to the same replica). Loaded ones go first: of these
 * alone is drawn when there are any.
 *
 * @param random in [0, 1).
 */
export function pickReplica<R extends Replica>(replicas: readonly R[], random: () => number): R | undefined {
  const reachable = replicas.filter((replica) => replica.reachable);
  const loaded = reachable.filter((replica) => replica.loaded);
  const pool = loaded.length > 0 ? loaded : reachable;
  const draw = (from: readonly R[]) => from[Math.floor(random() * from.length)];
  const first = draw(pool);
  const second = draw(pool.filter((replica) => replica !== first));
  if (!first || !second) return first;
  return score(second) > score(first) ? second : first;
}
