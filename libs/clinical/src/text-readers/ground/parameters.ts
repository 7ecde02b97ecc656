import { z } from 'zod';
import { gridParameters } from '../boxes/grid';
import { rationaleMarks } from '../rationale';

/** What a package says of how its model grounds. */
export const groundReaderParameters = gridParameters.extend({
  /** How the model says that what was asked for is not there. */
  notFound: z.array(z.string().trim().min(1).max(64)).min(1).max(16).default(['not found']),
  /** The prompt for the way back, from a box to words, with `{region}`; absent: the model does not go back. */
  describe: z.string().min(1).max(4_096).optional(),
  rationale: rationaleMarks.optional(),
});

export type GroundReaderParameters = z.infer<typeof groundReaderParameters>;
