import type { Decoded, Placement, Tensor } from '@medserve/clinical';
import type { z } from 'zod';

/** A picture or volume on its way into a model, and where its pixels came from. */
export interface Working {
  readonly image: Decoded;
  readonly placement: Placement;
}

/** One step of a package's preprocessing recipe: plain, deterministic, never changes the samples it was given. */
export interface Step<P = unknown> {
  readonly id: string;
  readonly parameters: z.ZodType<P>;
  apply(working: Working, parameters: P): Working;
}

/** The last step of every recipe: lays the samples out as the tensor that the graph takes. */
export interface LayoutStep<P = unknown> {
  readonly id: string;
  readonly parameters: z.ZodType<P>;
  lay(working: Working, tensorName: string, parameters: P): Tensor;
}
