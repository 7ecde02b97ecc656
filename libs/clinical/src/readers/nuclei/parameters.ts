import { z } from 'zod';

const density = z.number().positive().max(4);

/** Optical densities are to base 10; the package's card says how each figure was chosen. */
export const nucleiParameters = z.strictObject({
  nuclei: z.strictObject({
    /** A nucleus needs this strength of the `nuclear` output at its summit ... */
    leastStrength: density,
    /** ... and this share of the strength that strong nuclei of the same image have. */
    leastShare: z.number().min(0).max(1),
    /** The ground counts to a nucleus above this share of `leastStrength`. */
    groundShare: z.number().min(0).max(1),
    /** Two summits are two nuclei when the saddle between them lies below this share of the lower. */
    saddleShare: z.number().min(0).max(1),
    /** Least area, as a share of the circle of the prevailing radius. */
    leastArea: z.number().min(0).max(1),
  }),
  /** Counterstain spots that count as nuclei of an H-DAB image: summit of the `spots` output, and its share of the density there. */
  brownNuclei: z.strictObject({ leastStrength: density, leastContrast: z.number().min(0).max(1) }),
  /** A pixel counts as stained from this density on. */
  positive: z.strictObject({ haematoxylin: density, counterstain: density }),
  /** With less of the image absorbing than this, there is no tissue to judge. */
  leastTissueShare: z.number().min(0).max(1),
  /** More of the absorption unexplained than this, and the stains may be others. */
  mostResidual: z.number().min(0).max(1),
  /** So many boxes at most, the strongest nuclei first. */
  mostBoxes: z.int().min(0).max(10_000),
});

export type NucleiParameters = z.infer<typeof nucleiParameters>;
