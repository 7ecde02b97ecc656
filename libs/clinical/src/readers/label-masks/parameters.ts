import { z } from 'zod';

const coded = { code: z.string().min(1), system: z.string().optional(), display: z.string().min(1) };

const segment = z.strictObject({
  /** By which the masks name it. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  /** The labels that belong to it; a label may belong to several segments, as a bone to a body. */
  labels: z.array(z.int().min(1).max(255)).min(1),
  ...coded,
  /** What kind of thing it is. */
  category: z.strictObject(coded).optional(),
  /** Pieces of a slice that are smaller than this, in square millimetres, are left out of it. */
  leastAreaMm2: z.number().min(0).max(10_000).default(0),
});

export const labelMasksParameters = z.strictObject({
  /** Output of 8-bit labels [slices, rows, columns] on the grid of the input; 0 is background. */
  output: z.string().default('labels'),
  segments: z
    .array(segment)
    .min(1)
    .max(64)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'two segments have one id'),
});

export type LabelMasksParameters = z.infer<typeof labelMasksParameters>;
export type SegmentParameters = LabelMasksParameters['segments'][number];
