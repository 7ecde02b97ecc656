import { z } from 'zod';

const label = z.strictObject({
  code: z.string().min(1),
  system: z.string().min(1).optional(),
  display: z.string().min(1),
});

const head = z.strictObject({
  /** Output of the model with one number a label, `[1, labels]` or `[labels]`. */
  output: z.string().min(1),
  about: z.string().min(1),
  labels: z.array(label).min(2).max(4096),
  /** `softmax`: one label holds. `sigmoid`: each holds or not. `none`: the output holds probabilities already. */
  activation: z.enum(['softmax', 'sigmoid', 'none']),
  /** Divides the outputs before the activation (Guo et al. 2017). */
  temperature: z.number().positive().default(1),
  /** Below this score of its best label the head had better be left to a person. */
  abstainBelow: z.number().min(0).max(1).optional(),
});

/** What a package says of its heads; the first is the main answer. */
export const classificationParameters = z
  .strictObject({ heads: z.array(head).min(1).max(16) })
  .refine(
    ({ heads }) => new Set(heads.map(({ about }) => about)).size === heads.length,
    'two heads are about the same thing',
  );

export type ClassificationParameters = z.infer<typeof classificationParameters>;
export type Head = ClassificationParameters['heads'][number];
