import { z } from 'zod';
import { OPENAI_LIMITS } from './limits';

const text = z
  .string()
  .min(1)
  .transform((words) => words.toWellFormed());
const token = z.int().min(0).max(0x7fffffff);
const tokens = z.array(token).min(1);

/** What stands for one text, and a list of those. A list of numbers is one text, as its tokens. */
const input = z.preprocess(
  (given) => {
    const isOne = typeof given === 'string' || (Array.isArray(given) && typeof given[0] === 'number');
    return isOne ? [given] : given;
  },
  z
    .array(
      z.union([text, tokens], 'has to be a text that is not empty, or the tokens of one'),
      'has to be a text, the tokens of one, or a list of these',
    )
    .min(1)
    .max(OPENAI_LIMITS.texts)
    .meta({ description: 'Or one text, or the tokens of one' }),
);

/** Of a request for vectors: what is read of it. Members that are not known here are accepted. */
export const embeddingSchema = z.object({
  model: z.string().min(1).max(256),
  input,
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.int().min(1).optional(),
});

export type EmbeddingBody = z.output<typeof embeddingSchema>;
