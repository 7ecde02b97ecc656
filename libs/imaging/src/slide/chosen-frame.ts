import { ServingError } from '@medserve/errors';

/**
 * The frame that was asked for, from 1.
 *
 * @throws ServingError `invalid_request` where there is none of that number
 */
export function chosenFrame(asked: number, frames: number): number {
  if (asked <= frames) return asked;
  throw new ServingError(
    'invalid_request',
    `There are ${String(frames)} frames; frame ${String(asked)} was asked for.`,
    {
      field: 'parameters.view.frame',
    },
  );
}
