import { callJson } from '../api';
import type { Correction } from './corrections';

/** Why a person does not take an answer as it is: the list of the platform (GET /openapi.json). */
export const REASONS = [
  'wrong_finding',
  'missed_finding',
  'wrong_location',
  'wrong_measurement',
  'wrong_laterality',
  'poor_image',
  'wrong_patient',
  'not_applicable',
  'other',
] as const;

export type Reason = (typeof REASONS)[number];

export const isReason = (word: string | null): word is Reason => (REASONS as readonly (string | null)[]).includes(word);

export type Verdict =
  | { readonly verdict: 'attested' }
  | { readonly verdict: 'overridden'; readonly reason: Reason; readonly corrections?: readonly Correction[] };

export interface Review {
  readonly id: string;
  readonly verdict: 'attested' | 'overridden';
  readonly reason: string | null;
  readonly actor: string;
  readonly role: string | null;
  /** RFC 3339. */
  readonly at: string;
  readonly corrections: readonly Correction[];
  /** Whether its corrections were destroyed together with the answer. */
  readonly isShredded: boolean;
}

export interface Reviews {
  readonly standing: Review | null;
  /** Newest first. */
  readonly reviews: readonly Review[];
}

const place = (id: string): string => `/v1/results/${encodeURIComponent(id)}/review`;

export const readReviews = (id: string, signal: AbortSignal): Promise<Reviews> => callJson(place(id), { signal });

/** @throws ApiError */
export const sendReview = (id: string, verdict: Verdict): Promise<{ readonly id: string }> =>
  callJson(place(id), { method: 'POST', json: verdict });
