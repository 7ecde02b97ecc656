import { ServingError } from '@medserve/errors';
import type { Logger } from '@medserve/runtime';
import type { Records } from '../infer/ports';

/**
 * No record at all, so that a measurement can tell what the record costs: nothing is written, nothing can be read back, and the
 * events that answers name do not exist. Refuses idempotency keys, which only a record can keep.
 */
export function unrecorded(logger: Logger): Records {
  logger.warn(
    'THE RECORD IS OFF: requests are answered without an audit record. This is for measuring and nothing else',
  );
  return {
    accept: ({ idempotencyKeyHash }) =>
      idempotencyKeyHash === undefined
        ? Promise.resolve({ kind: 'accepted' })
        : Promise.reject(
            new ServingError('unsupported', 'The record is off, and with it what idempotency keys are kept in.', {
              field: 'Idempotency-Key',
              remedy: 'Send the request without a key, or start the platform with its record.',
            }),
          ),
    finish: () => Promise.resolve({ kind: 'recorded' }),
    find: () => Promise.resolve(undefined),
  };
}
