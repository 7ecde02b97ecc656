import { ServingError } from '@medserve/errors';
import type { CatalogueEntry } from '@medserve/rpc';
import { boundedRetryAfterMs, loadProgress } from '@medserve/serving';
import type { Preference } from './inference-request';
import type { ModelWords } from './model-words';
import type { Choice, Warmth } from './ports';
import type { Prepared } from './prepared';

const WARM: Warmth = { kind: 'warm' };

/**
 * What an entry says about a cold start now. Of a model that is loading it says what was left when the catalogue was told.
 *
 * @param sinceToldMs how old the catalogue is
 */
export function warmthOf({ state, expectedLoadMs }: CatalogueEntry, sinceToldMs: number): Warmth {
  if (state === 'ready') return WARM;
  const elapsedMs = state === 'loading' ? sinceToldMs : 0;
  return { kind: 'cold', expectedMs: loadProgress(elapsedMs, expectedLoadMs).remainingMs };
}

export type ColdStartDecision =
  /** `jobAfterMs`: when the caller gets a job in place of the answer; infinite: never. */
  | { readonly kind: 'use' | 'fallback'; readonly jobAfterMs: number }
  | { readonly kind: 'refuse'; readonly retryAfterMs: number | undefined };

/** A load whose length nobody knows takes some time all the same: too long for who does not want to wait at all. */
const LEAST_LOAD_MS = 1;

/**
 * What becomes of a request, by what the model and its fallback are and what the caller prefers. A fallback that is loaded
 * answers for a model that is not. Who waits only so long is refused when more is expected, or gets a job if that will do;
 * while nobody knows how long it takes, it waits.
 */
export function decideColdStart(
  wanted: Warmth,
  fallback: Warmth | undefined,
  { respondAsync, waitMs }: Preference,
): ColdStartDecision {
  const jobAfterMs = respondAsync ? (waitMs ?? 0) : Number.POSITIVE_INFINITY;
  if (wanted.kind === 'warm') return { kind: 'use', jobAfterMs };
  if (fallback?.kind === 'warm') return { kind: 'fallback', jobAfterMs };
  const { expectedMs } = wanted;
  if (waitMs === undefined || Math.max(LEAST_LOAD_MS, expectedMs) <= waitMs) return { kind: 'use', jobAfterMs };
  if (respondAsync) return { kind: 'use', jobAfterMs: 0 };
  return { kind: 'refuse', retryAfterMs: expectedMs === 0 ? undefined : boundedRetryAfterMs(expectedMs) };
}

/** Has a model loaded for requests to come; nobody waits for it. */
export type Wake = (model: ModelWords) => void;

/** What is known of how the request will wait. */
export type Waiting = Pick<Prepared, 'loadMs' | 'jobAfterMs'>;

export interface Settled {
  /** Who is asked. */
  readonly choice: Choice;
  readonly isFallback: boolean;
  readonly waiting: Waiting;
}

/**
 * Acts on the decision. A wanted model that does not get the request is loaded all the same: what was said about coming back
 * later, or about its being cold this time, would not be true otherwise.
 *
 * @throws ServingError `model_loading`
 */
export function settleColdStart(
  wanted: Choice,
  fallback: Choice | undefined,
  preference: Preference,
  wake: Wake,
): Settled {
  const decision = decideColdStart(wanted.warmth, fallback?.warmth, preference);
  if (decision.kind !== 'use') wake({ name: wanted.modelName, version: wanted.version });
  if (decision.kind === 'refuse') {
    const { retryAfterMs } = decision;
    throw new ServingError('model_loading', 'Loading the model takes longer than the caller wants to wait.', {
      retryAfterMs,
    });
  }
  const isFallback = decision.kind === 'fallback';
  const choice = isFallback && fallback !== undefined ? fallback : wanted;
  const { jobAfterMs } = decision;
  const waiting: Waiting = {
    ...(choice.warmth.kind === 'cold' ? { loadMs: choice.warmth.expectedMs } : {}),
    ...(Number.isFinite(jobAfterMs) ? { jobAfterMs } : {}),
  };
  return { choice, isFallback, waiting };
}
