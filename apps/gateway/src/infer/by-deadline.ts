import { ServingError } from '@medserve/errors';
import { within } from './within';

/**
 * What the work gives by a deadline of the monotonic clock, in milliseconds. What comes later goes unseen.
 *
 * @throws ServingError `deadline_exceeded`; what the work throws in time
 */
export async function byDeadline<T>(work: Promise<T>, deadlineAtMs: number): Promise<T> {
  const done = await within(
    work.then((value) => ({ value })),
    Math.max(1, deadlineAtMs - performance.now()),
  );
  if (done !== undefined) return done.value;
  throw new ServingError('deadline_exceeded', 'The deadline passed before the record told how the request stands.');
}
