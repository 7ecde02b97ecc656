import { languageTag } from '@medserve/clinical';
import { PURPOSES } from '@medserve/events';
import { z } from 'zod';
import { requestSchema } from '../infer/inference-request';
import { SESSION_LIMITS } from './limits';

const { ttlSeconds, textCharacters, systemCharacters, images } = SESSION_LIMITS;

/** Words for a model, without halves of characters. */
const words = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .transform((text) => text.toWellFormed());

/** Of a new session. */
export const sessionSchema = z.strictObject({
  /** `name[:version][@adapter]`, or the alias `chat`. */
  model: z.string().min(1).max(256).default('chat'),
  system: words(systemCharacters).optional(),
  /** How long it lives after its last turn. */
  ttlSeconds: z.int().min(ttlSeconds.least).max(ttlSeconds.most).default(ttlSeconds.usual),
  /** Why its turns are asked, for their records; breaking the glass is not asked for here. */
  purpose: z.enum(PURPOSES).exclude(['BTG']).optional(),
});

export type SessionWishes = z.output<typeof sessionSchema>;

/** Of one turn. */
export const turnSchema = z.strictObject({
  text: words(textCharacters),
  /** Shown with this turn; those of earlier turns are kept, and need not be sent again. */
  inputs: z
    .array(z.strictObject({ data: z.base64().min(1), mediaType: z.string().max(128).optional() }))
    .max(images)
    .default([]),
  stream: z.boolean().default(false),
  parameters: z
    .strictObject({
      temperature: z.number().min(0).max(2).optional(),
      topP: z.number().min(0).max(1).optional(),
      seed: z.int().optional(),
      maxTokens: z.int().min(1).optional(),
      language: languageTag.optional(),
    })
    .default({}),
  class: requestSchema.shape.class,
  deadlineMs: requestSchema.shape.deadlineMs,
});

export type TurnWishes = z.output<typeof turnSchema>;
