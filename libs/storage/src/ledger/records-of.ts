import { decodeEvent, type LedgerEvent } from '@medserve/events';
import { leafHash } from '@medserve/ledger';
import type { Database } from '../database/database';
import { HOME, snapshotFor } from './ledger-rows';
import { leavesOf } from './prove';

/** One record of a request, as `GET /v1/audit/{id}` shows it. */
export interface LedgerRecord {
  readonly event: LedgerEvent['event'];
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Leaf hash, hex. */
  readonly hash: string;
  /** Place in the log, from 0: of the home, for what is older than the log of the tenant. */
  readonly sequence: number;
}

/** The records of a request of this tenant; undefined when the tenant has no such request. */
export function recordsOf(database: Database, tenant: string, request: string): Promise<LedgerRecord[] | undefined> {
  return snapshotFor(database, tenant, async (client) => {
    const text = 'SELECT 1 FROM request WHERE id = $1 AND tenant = $2';
    const own = await client.rows({ text, values: [request, tenant] });
    if (own.length === 0) return undefined;
    const leaves = tenant === HOME ? [] : await leavesOf(client, HOME, request);
    return [...leaves, ...(await leavesOf(client, tenant, request))].map(({ index, leaf }) => {
      const { event, at } = decodeEvent(leaf);
      return { event, at, hash: leafHash(leaf).toString('hex'), sequence: index };
    });
  });
}
