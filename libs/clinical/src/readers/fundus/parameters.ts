import { z } from 'zod';

/** All in the model's pixels and units; the package's card says how each was chosen. */
export const fundusParameters = z.strictObject({
  /** Hysteresis thresholds on the `vesselness` output, and the least size of a piece of vessel. */
  vessels: z.strictObject({
    low: z.number().positive(),
    high: z.number().positive(),
    leastPixels: z.int().min(1),
  }),
  disc: z.strictObject({
    /** Radius that each channel of the `disc` output looks for, in pixels of that output. */
    radii: z.array(z.number().positive()).min(1),
    /** Model pixels per pixel of the `disc` output. */
    stride: z.int().min(1),
    /** Below this no disc is reported. */
    leastScore: z.number().positive(),
    /** The same where no round edge of the field is seen: a crop often shows no disc, and nothing in it tells the scale. */
    leastScoreInCrop: z.number().positive(),
  }),
  laterality: z.strictObject({
    /** Nearer to the centre than this share of the field's radius, the disc does not tell the side. */
    leastOffset: z.number().min(0).max(1),
  }),
});

export type FundusParameters = z.infer<typeof fundusParameters>;
