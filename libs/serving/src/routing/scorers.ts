import type { Candidate, Situation } from './candidate';
import { rendezvousWeight } from './rendezvous';

/** What a scorer knows besides the candidate. */
export interface Field extends Situation {
  /** Whose the affinity key is, among those that are left; `undefined`: nobody's. */
  readonly affine: Candidate | undefined;
  /** Mean over those left that know theirs; 0: none does. */
  readonly meanLatencyMs: number;
}

export interface Scorer {
  readonly name: string;
  readonly weight: number;
  /** 0 to 1; more is better. */
  readonly score: (candidate: Candidate, field: Field) => number;
}

/** How near a candidate is to answering: connected, loaded, on the way, cold. Each step outweighs affinity. */
const warm: Scorer = {
  name: 'warm',
  weight: 32,
  score: (candidate) => warmth(candidate),
};

function warmth({ link, state }: Candidate): number {
  if (link === 'up') return 1;
  if (state === 'ready') return 0.75;
  return state === 'loading' ? 0.5 : 0;
}

const affinity: Scorer = {
  name: 'affinity',
  weight: 4,
  score: (candidate, { affine }) => (candidate === affine ? 1 : 0),
};

/** Slots in use, relative to what it takes at once. */
const load: Scorer = {
  name: 'load',
  weight: 2,
  score: ({ inFlight, capacity }) => capacity / (capacity + inFlight),
};

/** A half for the pool's mean; who is not known yet counts as the mean. */
const latency: Scorer = {
  name: 'latency',
  weight: 1,
  score: ({ latencyMs }, { meanLatencyMs }) =>
    latencyMs === 0 || meanLatencyMs === 0 ? 0.5 : meanLatencyMs / (meanLatencyMs + latencyMs),
};

/** These make classes: nobody of a lower class is chosen while a higher one has somebody. */
export const CLASS_SCORERS: readonly Scorer[] = [warm, affinity];
/** These decide between two of one class. */
export const RANK_SCORERS: readonly Scorer[] = [load, latency];

export function total(scorers: readonly Scorer[], candidate: Candidate, field: Field): number {
  let sum = 0;
  for (const { weight, score } of scorers) sum += weight * score(candidate, field);
  return sum;
}

/** A replica may carry this much more than its share before its keys go to the next one. */
const AFFINITY_BOUND = 1.25;

/**
 * Whose the key is: of the warmest, the greatest rendezvous weight among those whose load is within the bound (Mirrokni,
 * Thorup, Zadimoghaddam: "Consistent Hashing with Bounded Loads", 2018). Who has an instance free is always within it.
 */
function affineOf(left: readonly Candidate[], key: number): Candidate | undefined {
  const most = left.reduce((warmest, candidate) => Math.max(warmest, warmth(candidate)), 0);
  const warmest = left.filter((candidate) => warmth(candidate) === most);
  let inFlight = 1;
  let capacity = 0;
  for (const candidate of warmest) {
    inFlight += candidate.inFlight;
    capacity += candidate.capacity;
  }
  let best: Candidate | undefined;
  let bestWeight = -1;
  for (const candidate of warmest) {
    const share = Math.ceil((AFFINITY_BOUND * inFlight * candidate.capacity) / capacity);
    if (candidate.inFlight >= candidate.capacity && candidate.inFlight + 1 > share) continue;
    const weight = rendezvousWeight(key, candidate.podHash);
    if (weight > bestWeight) {
      best = candidate;
      bestWeight = weight;
    }
  }
  return best;
}

function meanLatency(left: readonly Candidate[]): number {
  let sum = 0;
  let known = 0;
  for (const { latencyMs } of left) {
    if (latencyMs === 0) continue;
    sum += latencyMs;
    known += 1;
  }
  return known === 0 ? 0 : sum / known;
}

/** What the scorers of the candidates that are left have in common. */
export function fieldOf(left: readonly Candidate[], situation: Situation): Field {
  const { nowMs, digest, affinity: key, expectedWaitMs, expectedLoadMs } = situation;
  return {
    nowMs,
    digest,
    affinity: key,
    expectedWaitMs,
    expectedLoadMs,
    affine: key === undefined ? undefined : affineOf(left, key),
    meanLatencyMs: meanLatency(left),
  };
}
