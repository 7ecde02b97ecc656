import type { InputFile } from '@medserve/imaging';
import { CLASSES, type Class } from '@medserve/serving';
import { z } from 'zod';

export type RequestClass = Class;

export const DEFAULT_DEADLINE_MS = 300_000;
export const MAX_DEADLINE_MS = 3_600_000;

const word = z.string().min(1).max(128);

/** What a caller may say beside the image, in every form of the request. Unknown members are refused: a typo is not a wish. */
export const requestSchema = z.strictObject({
  task: word.optional(),
  modality: word.optional(),
  /** `name` or `name:version`. */
  model: word.optional(),
  /** `name` or `name:version`: answers in place of a model that is not loaded, if it is. */
  fallback: word.optional(),
  question: z.string().min(1).max(4_000).optional(),
  parameters: z.record(z.string().max(128), z.unknown()).optional(),
  class: z.enum(CLASSES).default('routine'),
  deadlineMs: z.coerce.number().int().min(1).max(MAX_DEADLINE_MS).default(DEFAULT_DEADLINE_MS),
  allowMismatch: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).default(false),
});

export type RequestWishes = z.output<typeof requestSchema>;

/** What the caller prefers where an answer takes long (RFC 7240, sections 4.1 and 4.3). */
export interface Preference {
  /** Whether a job will do as an answer: `respond-async`. */
  readonly respondAsync: boolean;
  /** The longest that the caller wants to wait, in milliseconds: `wait`, which counts seconds. */
  readonly waitMs?: number;
}

export const NO_PREFERENCE: Preference = { respondAsync: false };

/** One inference request, whatever protocol and form it came in. */
export interface InferenceRequest extends RequestWishes {
  /** In sending order. */
  readonly files: readonly InputFile[];
  /** Keyed hashes of whom those of them were uploaded for that were sent before (`ref`). */
  readonly filedFor?: readonly string[];
  readonly idempotencyKey?: string | undefined;
  readonly prefer?: Preference | undefined;
}
