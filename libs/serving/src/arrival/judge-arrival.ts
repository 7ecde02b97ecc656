import type { Class } from '../classes';
import { boundedRetryAfterMs, expectedWaitMs, shedding, type ServiceRate } from '../routing/service-rate';

/** Requests that a door has taken and not answered yet. */
export interface Arrivals {
  /** For the model that the request is for. */
  readonly ofModel: number;
  readonly ofAll: number;
  /** Of the model's, those that are of the request's class or more urgent: it will be answered after them. */
  readonly ahead: number;
  /** How fast answers of the model come. */
  readonly rate: ServiceRate;
}

export interface ArrivalRules {
  readonly placesPerModel: number;
  readonly places: number;
}

/**
 * The share of the places that requests of a class may fill. What one class leaves is there for the more urgent ones alone, so
 * however much comes of it, they find a place. At least one request of every class is let in where nothing else is.
 */
export const CLASS_SHARE = { stat: 1, urgent: 0.9, routine: 0.7, research: 0.5 } as const satisfies Record<
  Class,
  number
>;

export type ArrivalDecision =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly limit: string; readonly retryAfterMs: number };

/**
 * Whether a request is taken in at all, judged before anything is done for it: what is refused here costs no record, no queue
 * and no work that somebody else waits for. It is refused where its places are taken, or where by the pace of the answers it
 * would come too late; one that has nobody before it never is, so that an old pace cannot keep everybody out.
 *
 * Whoever is refused is told to come back when as many answers as are too many are expected to have left.
 *
 * @param leftMs until its deadline
 */
export function judgeArrival(
  { ofModel, ofAll, ahead, rate }: Arrivals,
  name: Class,
  leftMs: number,
  rules: ArrivalRules,
): ArrivalDecision {
  const overfull = (taken: number, places: number): number => taken - Math.max(1, places * CLASS_SHARE[name]) + 1;
  const refused = (limit: string, tooMany: number): ArrivalDecision => ({
    kind: 'refused',
    limit,
    retryAfterMs: boundedRetryAfterMs(expectedWaitMs(rate, tooMany) ?? UNKNOWN_RETRY_AFTER_MS),
  });
  const ofModelTooMany = overfull(ofModel, rules.placesPerModel);
  if (ofModelTooMany > 0) return refused(`requests for one model: ${String(rules.placesPerModel)}`, ofModelTooMany);
  const ofAllTooMany = overfull(ofAll, rules.places);
  if (ofAllTooMany > 0) return refused(`requests in flight: ${String(rules.places)}`, ofAllTooMany);
  if (ahead === 0) return { kind: 'admitted' };
  const late = shedding(expectedWaitMs(rate, ahead + 1), 0, leftMs);
  if (late.kind === 'keep') return { kind: 'admitted' };
  return { kind: 'refused', limit: `deadline: ${String(Math.floor(leftMs))} ms`, retryAfterMs: late.retryAfterMs };
}

const UNKNOWN_RETRY_AFTER_MS = 1_000;
