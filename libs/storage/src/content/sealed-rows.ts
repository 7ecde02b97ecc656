import { ServingError } from '@medserve/errors';
import { DatabaseError } from 'pg';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import { DestroyedKeyError, KEY_IS_DESTROYED } from '../destroyed-key';

/**
 * Work on rows of one tenant that hold what is sealed.
 *
 * @throws ServingError `unavailable`; DestroyedKeyError where the database says that the key lives no more
 */
export async function onSealedRows<T>(
  database: Database,
  tenant: string,
  work: (client: Queryable) => Promise<T>,
): Promise<T> {
  try {
    return await orUnavailable(database.forTenant(tenant, work));
  } catch (error) {
    throw isOfDestroyedKey(error) ? new DestroyedKeyError(error) : error;
  }
}

const isOfDestroyedKey = (error: unknown): boolean =>
  error instanceof ServingError && error.cause instanceof DatabaseError && error.cause.code === KEY_IS_DESTROYED;
