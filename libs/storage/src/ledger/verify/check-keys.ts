import type { Queryable } from '../../database/database';
import { DAY_MS, monthBounds } from '../retention/months';
import type { Findings } from './problem';

/**
 * Subjects of which more keys were destroyed than the log, and what waits for it, says. What was destroyed in a month whose entries
 * were deleted by the rules has nobody any more who could tell of it.
 */
const UNTOLD = `
WITH destroyed AS (
  SELECT subject, count(*) AS keys FROM content_key
  WHERE tenant = $1 AND destroyed_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM unnest($2::timestamptz[], $3::timestamptz[]) AS gone (first, beyond)
      WHERE destroyed_at >= gone.first AND destroyed_at < gone.beyond)
  GROUP BY subject
), said AS (
  SELECT leaf FROM ledger_entry WHERE tenant = $1 AND request IS NULL
    AND position('"event":"content_shredded"'::bytea IN leaf) > 0
  UNION ALL SELECT payload FROM outbox WHERE tenant = $1 AND request IS NULL
    AND position('"event":"content_shredded"'::bytea IN payload) > 0
)
SELECT subject FROM destroyed
WHERE keys > (SELECT count(*) FROM said
  WHERE position(convert_to('"subject":"' || destroyed.subject || '"', 'UTF8') IN leaf) > 0)
ORDER BY subject LIMIT 1`;

/** Holds the keys of stored answers against the log: each that was destroyed was destroyed on purpose, on record. */
export async function checkKeys(
  client: Queryable,
  tenant: string,
  deletedMonths: readonly string[],
  findings: Findings,
): Promise<void> {
  const gone = deletedMonths.map(monthBounds);
  // The entry says when the command ran, the key when the database took it: two clocks.
  const values = [
    tenant,
    gone.map(({ begin }) => new Date(begin.getTime() - DAY_MS)),
    gone.map(({ end }) => new Date(end.getTime() + DAY_MS)),
  ];
  for (const { subject } of await client.rows<{ subject: string }>({ text: UNTOLD, values })) {
    const detail = 'A key of stored answers was destroyed, and the log does not say so.';
    findings.note({ kind: 'key', subject, detail });
  }
}
