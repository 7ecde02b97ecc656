import type { KeyObject } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { inclusionPath } from '@medserve/ledger';
import type { Database, Queryable } from '../database/database';
import { UUID } from '../database/uuid';
import { keepCheckpoint, signState } from './checkpoints';
import { HOME, readState, snapshotFor, tileReader } from './ledger-rows';

export interface ProvenRecord {
  /** The exact bytes of the entry, base64. */
  readonly leaf: string;
  readonly index: number;
  /** Hashes from the entry up to the root, base64 (RFC 9162, 2.1.3). */
  readonly path: readonly string[];
}

export interface Proof {
  /** Signed note. */
  readonly checkpoint: string;
  readonly records: readonly ProvenRecord[];
}

interface Leaf {
  readonly index: number;
  readonly leaf: Buffer;
}

export async function leavesOf(client: Queryable, tenant: string, request: string): Promise<Leaf[]> {
  const text = 'SELECT index, leaf FROM ledger_entry WHERE tenant = $1 AND request = $2 ORDER BY index';
  const rows = await client.rows<{ index: string; leaf: Buffer }>({ text, values: [tenant, request] });
  return rows.map(({ index, leaf }) => ({ index: Number(index), leaf }));
}

/**
 * Whose log tells of a request of this tenant: the home's, where nothing of it is in the tenant's own, because it ended before
 * each tenant had one.
 */
export function logOf(database: Database, tenant: string, request: string): Promise<string> {
  if (!UUID.test(request)) return Promise.resolve(tenant);
  const text = `
    SELECT entry.tenant FROM ledger_entry AS entry JOIN request ON request.id = entry.request
    WHERE entry.request = $2 AND request.tenant = $1 AND entry.tenant IN ($1, '${HOME}')
    ORDER BY entry.tenant <> $1 LIMIT 1`;
  return database.forTenant(tenant, async (client) => {
    const [found] = await client.rows<{ tenant: string }>({ text, values: [tenant, request] });
    return found?.tenant ?? tenant;
  });
}

/**
 * Proves that the records of a request are in the log that a fresh checkpoint signs.
 * @throws ServingError `not_found`
 */
export async function proveRequest(
  database: Database,
  tenant: string,
  key: KeyObject,
  request: string,
): Promise<Proof> {
  if (!UUID.test(request)) throw new ServingError('not_found', 'The ledger has no records of this request.');
  const { state, records } = await snapshotFor(database, tenant, async (client) => {
    const found = await readState(client, tenant);
    const read = tileReader(client, tenant);
    const proven: ProvenRecord[] = [];
    for (const { index, leaf } of await leavesOf(client, tenant, request)) {
      const path = await inclusionPath(index, found.size, read);
      proven.push({ leaf: leaf.toString('base64'), index, path: path.map((hash) => hash.toString('base64')) });
    }
    return { state: found, records: proven };
  });
  if (records.length === 0) throw new ServingError('not_found', 'The ledger has no records of this request.');
  const checkpoint = signState(state, key);
  await keepCheckpoint(database, state, checkpoint);
  return { checkpoint, records };
}
