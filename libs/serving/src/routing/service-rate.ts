/** Answers, and the time in which they came while others waited; both fade. */
export interface ServiceRate {
  readonly answers: number;
  readonly busyMs: number;
}

/** With so few answers nothing is known. */
const LEAST_ANSWERS = 8;
const MEMORY_MS = 2_000;
/** However slow a model is, so many answers are remembered. */
const MEMORY_ANSWERS = 16;

export const UNKNOWN_RATE: ServiceRate = { answers: 0, busyMs: 0 };

/** One more answer, `sinceLastMs` after the one before it, throughout which requests were waiting. */
export function observeAnswer({ answers, busyMs }: ServiceRate, sinceLastMs: number): ServiceRate {
  const kept = Math.max(Math.exp(-sinceLastMs / MEMORY_MS), 1 - 1 / MEMORY_ANSWERS);
  return { answers: answers * kept + 1, busyMs: busyMs * kept + sinceLastMs };
}

/** How long until `ahead` requests have been taken from a queue, in milliseconds; `undefined` while nobody can know. */
export function expectedWaitMs({ answers, busyMs }: ServiceRate, ahead: number): number | undefined {
  return answers < LEAST_ANSWERS ? undefined : (ahead * busyMs) / answers;
}

export type Shedding = { readonly kind: 'keep' } | { readonly kind: 'shed'; readonly retryAfterMs: number };

/** More urgent requests will overtake, and no rate is steady: of those who would be just in time many would not be. */
const MARGIN = 1.25;
const LEAST_RETRY_AFTER_MS = 100;
const MOST_RETRY_AFTER_MS = 60_000;

export const boundedRetryAfterMs = (milliseconds: number): number =>
  Math.ceil(Math.min(MOST_RETRY_AFTER_MS, Math.max(LEAST_RETRY_AFTER_MS, milliseconds)));

/**
 * Whether a request is refused when it comes, because it would be too late in any case: what it would wait and what an answer
 * takes exceed what is left of its deadline. Until then the queue has to shrink by the difference.
 *
 * @param waitMs `undefined`: not known; then it is kept
 */
export function shedding(waitMs: number | undefined, answerMs: number, leftMs: number): Shedding {
  if (waitMs === undefined) return { kind: 'keep' };
  const neededMs = MARGIN * (waitMs + answerMs);
  if (neededMs <= leftMs) return { kind: 'keep' };
  return { kind: 'shed', retryAfterMs: boundedRetryAfterMs(neededMs - leftMs) };
}
