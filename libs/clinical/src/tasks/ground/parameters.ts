import { z } from 'zod';
import { languageTag } from '../../language/language-tag';

const pixel = z.number().min(0).max(1_000_000);

/** In pixels of the input image, origin at its top left corner. */
const region = z.strictObject({ x: pixel, y: pixel, width: pixel.positive(), height: pixel.positive() });

/** What is looked for: a phrase, whose boxes are wanted, or a box, of which words are. */
export const groundParameters = z
  .looseObject({
    phrase: z.string().trim().min(1).max(512).optional(),
    region: region.optional(),
    language: languageTag.optional(),
  })
  .refine(({ phrase, region: box }) => (phrase === undefined) !== (box === undefined), {
    path: ['phrase'],
    message: 'the task needs a phrase to look for, or a region to describe, and not both',
  });
