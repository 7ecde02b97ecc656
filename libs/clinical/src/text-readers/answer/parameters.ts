import { z } from 'zod';
import { gridParameters } from '../boxes/grid';
import { rationaleMarks } from '../rationale';

/** What a package says of how its model answers questions. */
export const answerReaderParameters = z.strictObject({
  /** Where the model's thoughts stand in its text; absent: it writes none there. */
  rationale: rationaleMarks.optional(),
  /** How it writes the places that its answer rests on; absent: it writes none. */
  boxes: gridParameters.optional(),
  /** What belongs to every answer of this model: without it an answer abstains. */
  needs: z.array(z.enum(['rationale', 'regions'])).default([]),
});

export type AnswerReaderParameters = z.infer<typeof answerReaderParameters>;
