import { tellIn } from '../outbox/tell-in';
import type { Database } from '../database/database';
import { ownActivity } from './own-activity';

interface Standing {
  readonly tenant: string;
  /** Place of the entry that names the next key; null where there is none. */
  readonly index: string | null;
  /** Size of the newest checkpoint. */
  readonly signed: string | null;
  readonly isWaiting: boolean;
}

/** Whether the log of each tenant, or what waits for it, says that the key with this public key comes next. */
const STANDINGS = `
SELECT state.tenant, entry.index,
  (SELECT max(size) FROM ledger_checkpoint AS checkpoint WHERE checkpoint.tenant = state.tenant) AS signed,
  EXISTS (SELECT FROM outbox WHERE outbox.tenant = state.tenant AND request IS NULL AND position($1 IN payload) > 0) AS "isWaiting"
FROM ledger_state AS state LEFT JOIN LATERAL (
  SELECT index FROM ledger_entry WHERE ledger_entry.tenant = state.tenant AND request IS NULL AND position($1 IN leaf) > 0
  ORDER BY index LIMIT 1
) AS entry ON true`;

/**
 * Has every log say that its signing key changes: what makes the old key vouch for the new one. To be called again until it is
 * true that each says so in an entry that a checkpoint under the old key covers; only then may the new key sign.
 *
 * @param from public key, hex, of the key that signs now
 * @param to public key, hex, of the next one
 */
export async function announceKey(database: Database, from: string, to: string): Promise<boolean> {
  const mark = Buffer.from(`"to":"${to}"`);
  const standings = await database.rows<Standing>({ text: STANDINGS, values: [mark] });
  for (const { tenant, index, isWaiting } of standings) {
    if (index !== null || isWaiting) continue;
    await tellIn(database, ownActivity(tenant, 'signing_key_changed', 'key:ledger', { from, to }));
  }
  return standings.every(({ index, signed }) => index !== null && Number(signed ?? 0) > Number(index));
}
