import type { Queryable } from '../database/database';

/** Entries that one statement takes into the index: a fraction of a second. */
const AT_ONCE = 5_000;

const TURN = `
INSERT INTO audit_index_state (tenant) VALUES ($1) ON CONFLICT (tenant) DO NOTHING`;
const LOCK = 'SELECT indexed FROM audit_index_state WHERE tenant = $1 FOR UPDATE';

/**
 * A request is what its result is called, so that one subject finds all that happened to it. Entries of the time before each tenant
 * had a log of its own may be other tenants', and are theirs to find.
 */
const TAKE = `
WITH said AS (
  SELECT index, convert_from(leaf, 'UTF8')::jsonb AS event FROM ledger_entry
  WHERE tenant = $1 AND index >= $2 AND index < $3
), taken AS (
  INSERT INTO audit_index (tenant, sequence, at, event, actor, subject, model, patient)
  SELECT $1, index, (event->>'at')::timestamptz, event->>'event', event->>'actor',
    coalesce('result:' || (event->>'request'), event->>'subject'),
    coalesce(event->'model'->>'name', substring(event->>'subject' FROM '^model:(.*)$')),
    event->>'patient'
  FROM said WHERE event->>'tenant' = $1
)
UPDATE audit_index_state SET indexed = $3 WHERE tenant = $1`;

/**
 * Takes the next entries of a tenant's log into its index. Two that come at once take turns.
 *
 * @param size entries of the log
 * @returns how many are in the index now
 */
export async function indexLog(client: Queryable, tenant: string, size: number): Promise<number> {
  await client.rows({ text: TURN, values: [tenant] });
  const [state] = await client.rows<{ indexed: string }>({ text: LOCK, values: [tenant] });
  const from = Number(state?.indexed ?? 0);
  if (from >= size) return from;
  const to = Math.min(size, from + AT_ONCE);
  await client.rows({ text: TAKE, values: [tenant, from, to] });
  return to;
}
