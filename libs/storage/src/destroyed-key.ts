import { ServingError } from '@medserve/errors';

/** SQLSTATE with which the database refuses an answer that nobody could ever read. */
export const KEY_IS_DESTROYED = 'MS020';

/**
 * An answer was sealed by a key that was destroyed meanwhile, here or by another process, so it was not stored. Whoever seals
 * asks for the key anew; one who cannot is `unavailable` for the moment.
 */
export class DestroyedKeyError extends ServingError {
  constructor(cause: unknown) {
    super('unavailable', 'The key of the answer was destroyed while it was sealed.', { cause });
    this.name = 'DestroyedKeyError';
  }
}
