import { encodeEvent } from '@medserve/events';
import type { Queryable } from '../database/database';
import type { FreshEntry } from './fresh-entry';
import { ownActivity } from './own-activity';

const PARK = `
WITH gone AS (DELETE FROM outbox WHERE event = $1 RETURNING event, request, payload)
INSERT INTO parked_event (event, tenant, request, payload, told) SELECT event, $2, request, payload, $3 FROM gone
RETURNING encode(sha256(payload), 'hex') AS hash, length(payload) AS bytes`;

/**
 * Puts aside what was committed as an event and cannot be read as one, so that it does not hold up the events behind it.
 *
 * @returns what stands in the log in its place: that it was parked, and the hash of its bytes
 */
export async function parkedAs(client: Queryable, event: string, tenant: string): Promise<FreshEntry> {
  const told = ownActivity(tenant, 'event_parked', `event:${event}`, {});
  const [row] = await client.rows<{ hash: string; bytes: number }>({ text: PARK, values: [event, tenant, told.id] });
  const facts = { sha256: row?.hash ?? '', bytes: row?.bytes ?? 0 };
  return { event: told.id, request: null, leaf: encodeEvent({ ...told, facts }) };
}
