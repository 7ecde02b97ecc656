import { ServingError } from '@medserve/errors';
import { tellIn } from '../../outbox/tell-in';
import type { Database, Queryable } from '../../database/database';
import { ownActivity } from '../own-activity';
import { KEEP_YEARS, monthBounds } from './months';
import { parseRanges, sealMonth } from './seal-months';
import { factsOf } from './sealed-ranges';

const TOO_EARLY = 'The time to keep these entries is not over.';

/** Why the database does not delete a month: conditions of `ledger_delete_month`, by the code that it raises. */
const REFUSALS: Readonly<Record<string, string>> = {
  MS001: 'There are no entries of this month to delete.',
  MS002: 'Two people have to want it: one who asks, another who approves.',
  MS003: 'The month is not sealed whole.',
  MS004: TOO_EARLY,
  MS005: 'A legal hold is on these entries.',
};

/** Everything stands for it; only the logs do not say yet that the entries go. */
const NOT_TOLD = 'MS006';

/** A lock was not had in time. */
const LOCKED = '55P03';

const ASK = `
INSERT INTO ledger_deletion (month, requested_by) VALUES ($1, $2)
ON CONFLICT (month) DO UPDATE SET requested_by = $2, requested_at = now(), approved_by = NULL, approved_at = NULL, deleted_at = NULL`;

const APPROVE = `
UPDATE ledger_deletion SET approved_by = $2, approved_at = now()
WHERE month = $1 AND requested_by <> $2 AND deleted_at IS NULL RETURNING 1`;

/** Seals of which neither the log nor the outbox says that their entries go. */
const UNTOLD = `
SELECT tenant, event, ranges::text, encode(root, 'hex') AS root, requested_by, approved_by
FROM ledger_seal AS seal JOIN ledger_deletion USING (month)
WHERE month = $1 AND NOT EXISTS (
  SELECT FROM ledger_entry AS entry WHERE entry.tenant = seal.tenant AND request IS NULL
    AND position(convert_to('"seal":"' || seal.event || '"', 'UTF8') IN leaf) > 0)
AND NOT EXISTS (
  SELECT FROM outbox WHERE outbox.tenant = seal.tenant AND request IS NULL
    AND position(convert_to('"seal":"' || seal.event || '"', 'UTF8') IN payload) > 0)`;

interface Untold {
  readonly tenant: string;
  readonly event: string;
  readonly ranges: string;
  readonly root: string;
  readonly requested_by: string;
  readonly approved_by: string;
}

/**
 * Somebody asks that the entries of a month go. A new request puts an older one and its approval aside.
 * @throws ServingError `forbidden` for a month that nobody may delete yet: to seal it now would leave out what still comes
 */
export async function askForDeletion(database: Database, month: string, by: string): Promise<void> {
  const until = monthBounds(month).end;
  until.setUTCFullYear(until.getUTCFullYear() + KEEP_YEARS);
  if (until.getTime() > Date.now()) throw new ServingError('forbidden', TOO_EARLY);
  await sealMonth(database, month);
  await database.rows({ text: ASK, values: [month, by] });
}

/** @throws ServingError `forbidden` where nobody asked, or the same person did */
export async function approveDeletion(database: Database, month: string, by: string): Promise<void> {
  const done = await database.rows({ text: APPROVE, values: [month, by] });
  if (done.length === 0) throw new ServingError('forbidden', REFUSALS['MS002'] ?? '');
}

/**
 * Deletes a month's entries once everything stands for it: the first call has each log say that they go and answers
 * `announced`; a later one, when the logs have it, deletes. The tiles stay, so every later checkpoint still verifies.
 *
 * @throws ServingError `forbidden` with what stands against it; `not_found`
 */
export async function deleteMonth(database: Database, month: string): Promise<'announced' | 'deleted'> {
  try {
    await database.rows({ text: 'SELECT ledger_delete_month($1)', values: [month] });
    return 'deleted';
  } catch (error) {
    const { code = '' } = ((error as Error).cause ?? error) as { code?: string };
    if (code === LOCKED) {
      throw new ServingError('unavailable', 'Others are reading these entries; try again.', { cause: error });
    }
    if (code === NOT_TOLD) {
      await database.transaction('read committed', (client) => announce(client, month));
      return 'announced';
    }
    const refusal = REFUSALS[code];
    if (refusal === undefined) throw error;
    throw new ServingError(code === 'MS001' ? 'not_found' : 'forbidden', refusal, { cause: error });
  }
}

async function announce(client: Queryable, month: string): Promise<void> {
  for (const row of await client.rows<Untold>({ text: UNTOLD, values: [month] })) {
    const facts = {
      ...factsOf({ month, ranges: parseRanges(row.ranges), root: row.root }),
      seal: row.event,
      requestedBy: row.requested_by,
      approvedBy: row.approved_by,
    };
    await tellIn(client, ownActivity(row.tenant, 'retention_deleted', `month:${month}`, facts));
  }
}
