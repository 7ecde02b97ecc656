/** How many requests a replica gets at once, and the best latency that it was seen with. */
export interface Concurrency {
  /** Not rounded; at least 1. */
  readonly limit: number;
  /** Milliseconds; `Infinity`: nothing seen yet. */
  readonly bestMs: number;
}

export interface ConcurrencyBounds {
  readonly floor: number;
  readonly ceiling: number;
}

export interface ConcurrencySample {
  /** From sending to the answer. */
  readonly latencyMs: number;
  /** Requests in flight there when it was answered, this one among them. */
  readonly inFlight: number;
  /** The replica refused it for want of places. */
  readonly refused: boolean;
}

/** More than this is never needed so that batches can form: further requests wait where a more urgent one overtakes them. */
const MOST_FLOOR = 256;
/** Latency up to this many times the best is the price of a pipeline, not of a queue. */
const TOLERANCE = 2;
/** A queue of so many milliseconds is not worth making shorter (the target of CoDel, RFC 8289): it keeps quick models busy. */
const NEGLIGIBLE_QUEUE_MS = 5;
const SMOOTHING = 0.2;
/** What a measurement without company moves the best one by, when it is worse: the work may have changed. */
const FORGETTING = 0.05;
const BACK_OFF = 0.7;

/**
 * One run under way and one ready, for every instance and at full batches.
 *
 * @param rows of a batch; 0: the model has no batch axis
 */
export function boundsOf(instances: number, rows: number, ceiling: number): ConcurrencyBounds {
  const floor = 2 * Math.max(1, instances) * Math.max(1, rows);
  return { floor: Math.max(1, Math.min(floor, MOST_FLOOR, ceiling)), ceiling };
}

export const firstConcurrency = ({ floor }: ConcurrencyBounds): Concurrency => ({
  limit: floor,
  bestMs: Number.POSITIVE_INFINITY,
});

function bestOf(bestMs: number, { latencyMs, inFlight }: ConcurrencySample): number {
  if (latencyMs <= bestMs) return latencyMs;
  return inFlight === 1 ? bestMs + FORGETTING * (latencyMs - bestMs) : bestMs;
}

/** What the limit should shrink by, 0.5 to 1. */
function gradientOf(bestMs: number, latencyMs: number): number {
  if (latencyMs - bestMs <= NEGLIGIBLE_QUEUE_MS) return 1;
  return Math.min(1, Math.max(0.5, (TOLERANCE * bestMs) / latencyMs));
}

/**
 * The limit after one more answer: the gradient of Netflix's concurrency-limits. It grows by the root of itself while latency
 * stays near the best that was seen, shrinks in the proportion in which it does not, and rests where requests do not use it:
 * then latency says nothing about it.
 */
export function adapt(state: Concurrency, sample: ConcurrencySample, bounds: ConcurrencyBounds): Concurrency {
  const { floor, ceiling } = bounds;
  const clamp = (limit: number) => Math.min(ceiling, Math.max(floor, limit));
  if (sample.refused) return { limit: clamp(state.limit * BACK_OFF), bestMs: state.bestMs };
  const bestMs = bestOf(state.bestMs, sample);
  if (2 * sample.inFlight < state.limit) return { limit: clamp(state.limit), bestMs };
  const target = state.limit * gradientOf(bestMs, sample.latencyMs) + Math.sqrt(state.limit);
  return { limit: clamp(state.limit + SMOOTHING * (target - state.limit)), bestMs };
}
