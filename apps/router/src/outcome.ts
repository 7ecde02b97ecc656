import { type Category, type Reason, REASONS, RUN_LOST, ServingError, toServingError } from '@medserve/errors';
import { decodeFrame, errorOf, peekFrame } from '@medserve/rpc';
import type { PoolOutcome } from './settings';

/** How one try with one replica ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly frame: Buffer; readonly reason: Reason | undefined }
  /** It reached no model, so it may be sent again. */
  | { readonly kind: 'untouched'; readonly error: ServingError }
  | { readonly kind: 'failed'; readonly error: ServingError };

/** A host answers so before a model saw the request: it is leaving, or has no place. */
const isUntouched = (reason: Reason): boolean => reason === 'unavailable' || reason === 'overloaded';

/**
 * Whether a host refused a request for want of places, and not because it would be too late in any case: of the two only the
 * former has a limit that was reached.
 */
export const isWithoutPlace = ({ reason, limit }: ServingError): boolean =>
  reason === 'overloaded' && limit !== undefined;

/** Of the last frame of a request; only of a failure is more read than its first bytes. */
export function outcomeOf(frame: Buffer): Outcome {
  if (peekFrame(frame).kind !== 'failure') return { kind: 'answered', frame, reason: undefined };
  const { body } = decodeFrame(frame);
  if (body?.$case !== 'failure') return { kind: 'answered', frame, reason: undefined };
  const error = errorOf(body.value);
  return isUntouched(error.reason) ? { kind: 'untouched', error } : { kind: 'answered', frame, reason: error.reason };
}

/** Of what was thrown instead of an answer. */
export function outcomeOfError(thrown: unknown): Outcome {
  const error = toServingError(thrown);
  return { kind: isUntouched(error.reason) ? 'untouched' : 'failed', error };
}

/**
 * Of an answer of which parts have left already: it cannot be begun again, whatever the host says, so that what it did not finish
 * has failed.
 */
export function cutOff(outcome: Outcome): Outcome {
  if (outcome.kind !== 'untouched') return outcome;
  const error = new ServingError('inference_failed', 'The answer was cut off while it was written.', {
    ...RUN_LOST,
    cause: outcome.error,
  });
  return { kind: 'failed', error };
}

/** Below this no deadline is counted against a replica: the caller may have given too little time. */
const LEAST_TIMEOUT_MS = 1_000;
const TIMEOUT_FACTOR = 3;

/**
 * Whether an outcome speaks against the replica. What the caller did wrong does not, nor that it left; a deadline only where
 * the replica took much longer than it usually does.
 */
export function isReplicaFailure(reason: Reason | undefined, heldMs: number, usualMs: number): boolean {
  if (reason === 'deadline_exceeded') return heldMs >= Math.max(LEAST_TIMEOUT_MS, TIMEOUT_FACTOR * usualMs);
  return reason === 'inference_failed' || reason === 'unavailable' || reason === 'internal';
}

const FAILURES: ReadonlySet<Reason> = new Set(['inference_failed', 'unavailable', 'deadline_exceeded', 'internal']);

/** Of refusals that say nothing against the request itself. */
const PASSING: ReadonlySet<Category> = new Set(['exhausted', 'unavailable', 'upstream']);

/** What a pool's statistics call the end of a request. @param reason of its failure; absent: it was answered */
export function poolOutcomeOf(reason: Reason | undefined): PoolOutcome {
  if (reason === undefined) return 'answered';
  if (reason === 'cancelled') return 'cancelled';
  if (FAILURES.has(reason)) return 'failed';
  return PASSING.has(REASONS[reason].category) ? 'refused' : 'invalid';
}
