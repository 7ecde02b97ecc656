import { ApiError } from '../api';
import { FileGoneError } from '../images/send-files';

/** What helps after a refusal. */
export type NextStep =
  /** It is what the person says, they are sure. */
  | { readonly kind: 'send-anyway' }
  /** The same question may be answered after a while. */
  | { readonly kind: 'wait'; readonly forMs: number }
  /** The same question may be answered now. */
  | { readonly kind: 'send-again' }
  /** The same question would be refused again. */
  | { readonly kind: 'change' };

/** Times that a question is sent by itself before a person has to say so. */
const MOST_BY_ITSELF = 5;

/** A moment may mend these. */
const PASSING = new Set([
  'deadline_exceeded',
  'inference_failed',
  'internal',
  'model_loading',
  'overloaded',
  'quota_exceeded',
  'unauthenticated',
  'unavailable',
  'unreachable',
]);

/** @param attempt how often it was sent, from 1 */
export function nextStep(error: unknown, attempt: number): NextStep {
  if (!(error instanceof ApiError)) return { kind: error instanceof FileGoneError ? 'change' : 'send-again' };
  const { problem, retryAfterMs } = error;
  if (problem.code === 'modality_mismatch') return { kind: 'send-anyway' };
  if (!PASSING.has(problem.code)) return { kind: 'change' };
  return retryAfterMs === undefined || attempt >= MOST_BY_ITSELF
    ? { kind: 'send-again' }
    : { kind: 'wait', forMs: retryAfterMs };
}
