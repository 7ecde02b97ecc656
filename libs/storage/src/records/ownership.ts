import { randomBytes } from 'node:crypto';
import { KeptConnection } from '../database/kept-connection';
import type { StorageRole } from '../database/roles';

export interface Ownership {
  /** A positive 63-bit number, in decimal: the `owner` of the requests that this process accepts. */
  readonly owner: string;
  release(): Promise<void>;
}

const RETRY_MS = 250;

/**
 * Says "this process lives" by an advisory lock on a connection of its own: however the process dies, the database lets go
 * of it, and the sweep then records its open requests as abandoned. When only the connection breaks, the same number is
 * locked again.
 *
 * @param onFailure when the connection breaks, so that others may find the lock free, and at each attempt in vain to make it again
 */
export async function holdOwnership(
  { url, role }: { readonly url: string; readonly role?: StorageRole | undefined },
  onFailure?: (error: unknown) => void,
): Promise<Ownership> {
  let isReleased = false;
  const owner = (randomBytes(8).readBigUInt64BE() >> 1n).toString();
  const connection = new KeptConnection({
    url,
    role,
    applicationName: 'medserve-owner',
    retryMs: RETRY_MS,
    prepare: async (client) => {
      const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS held', [
        owner,
      ]);
      return rows[0]?.held === true;
    },
    onConnected: (_client, lost) => {
      lost.addEventListener('abort', () => {
        if (!isReleased) onFailure?.(new Error('The connection with the lock was lost.'));
      });
    },
    ...(onFailure === undefined ? {} : { onFailure }),
  });
  try {
    await connection.ready();
  } catch (error) {
    await connection.close();
    throw error;
  }
  return {
    owner,
    release: () => {
      isReleased = true;
      return connection.close();
    },
  };
}
