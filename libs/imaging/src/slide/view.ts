import type { AnswerDocument } from '@medserve/clinical';
import { z } from 'zod';

/** Where on a slide, and how fine. */
const region = z
  .strictObject({
    /** In pixels of the finest level, from its top left corner. */
    x: z.int().min(0),
    y: z.int().min(0),
    width: z.int().min(1),
    height: z.int().min(1),
    /** 0 is the finest. */
    level: z.int().min(0).max(64).optional(),
    /** Micrometres a pixel: the coarsest level that is at least as fine, along both axes. */
    mpp: z.number().positive().optional(),
  })
  .refine(({ level, mpp }) => level === undefined || mpp === undefined, 'either "level" or "mpp"');

/** What of a file is looked at, where that is not all of it. */
export const viewSchema = z.strictObject({
  /** From 1: a frame of a multi-frame object, a page of a TIFF. */
  frame: z.int().min(1).optional(),
  region: region.optional(),
});

export type View = z.output<typeof viewSchema>;
export type RegionView = z.output<typeof region>;

/** What was looked at: the frame, or the region with the level that it was read at. */
export type Viewed = NonNullable<AnswerDocument['provenance']['view']>;
