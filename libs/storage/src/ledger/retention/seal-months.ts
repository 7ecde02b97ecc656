import { tellIn } from '../../outbox/tell-in';
import type { Database, Queryable } from '../../database/database';
import { ownActivity } from '../own-activity';
import { DAY_MS, firstEventOf, monthBounds, SEAL_AFTER_DAYS } from './months';
import { sealedRoot } from './sealed-root';
import { factsOf, RANGES_AN_ENTRY, type IndexRange } from './sealed-ranges';

/** Months with entries that no seal was put on yet. */
const OPEN_MONTHS = `
SELECT replace(right(relname, -length('ledger_entry_')), '_', '-') AS month
FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'ledger_entry'::regclass AND relname ~ '^ledger_entry_[0-9]{4,5}_[0-9]{2}$'
  AND NOT EXISTS (SELECT FROM ledger_seal WHERE month = replace(right(relname, -length('ledger_entry_')), '_', '-'))
ORDER BY 1`;

/** Runs of entries of one month, log by log, that no seal covers. */
const UNSEALED = `
SELECT tenant, range_agg(int8range(index, index + 1))::text AS ranges FROM ledger_entry
WHERE event >= $1 AND event < $2 AND NOT EXISTS (
  SELECT FROM ledger_seal AS seal WHERE seal.tenant = ledger_entry.tenant AND month = $3 AND ranges @> index)
GROUP BY tenant ORDER BY tenant`;

const SEAL = `
INSERT INTO ledger_seal (event, tenant, month, ranges, entries, root)
VALUES ($1, $2, $3, $4::int8multirange, $5, decode($6, 'hex'))`;

export const parseRanges = (text: string): IndexRange[] =>
  [...text.matchAll(/\[(\d+),(\d+)\)/gu)].map(([, begin, end]) => ({ begin: Number(begin), end: Number(end) }));

const writeRanges = (ranges: readonly IndexRange[]): string =>
  `{${ranges.map(({ begin, end }) => `[${String(begin)},${String(end)})`).join(',')}}`;

async function sealPart(
  client: Queryable,
  tenant: string,
  month: string,
  ranges: readonly IndexRange[],
): Promise<number> {
  const root = await sealedRoot(client, tenant, ranges);
  const facts = factsOf({ month, ranges, root });
  const event = ownActivity(tenant, 'retention_sealed', `month:${month}`, facts);
  const values = [event.id, tenant, month, writeRanges(ranges), facts['entries'], root];
  await client.rows({ text: SEAL, values });
  await tellIn(client, event);
  return Number(facts['entries']);
}

/**
 * Seals what is not sealed of a month: which entries of each log are of it, and one hash over them all, stand in that log from
 * then on. An event that comes later with an id of this month is sealed by the next call.
 *
 * @returns how many entries were sealed
 */
export function sealMonth(database: Database, month: string): Promise<number> {
  const { begin, end } = monthBounds(month);
  return database.transaction('read committed', async (client) => {
    const values = [firstEventOf(begin), firstEventOf(end), month];
    const rows = await client.rows<{ tenant: string; ranges: string }>({ text: UNSEALED, values });
    let sealed = 0;
    for (const { tenant, ranges: text } of rows) {
      const ranges = parseRanges(text);
      for (let at = 0; at < ranges.length; at += RANGES_AN_ENTRY) {
        sealed += await sealPart(client, tenant, month, ranges.slice(at, at + RANGES_AN_ENTRY));
      }
    }
    return sealed;
  });
}

/** Seals the months that ended long enough ago. Returns those that it sealed. */
export async function sealDueMonths(
  database: Database,
  now: Date,
  afterDays: number = SEAL_AFTER_DAYS,
): Promise<string[]> {
  const rows = await database.rows<{ month: string }>({ text: OPEN_MONTHS, values: [] });
  const due = rows.filter(({ month }) => monthBounds(month).end.getTime() + afterDays * DAY_MS <= now.getTime());
  const sealed: string[] = [];
  for (const { month } of due) if ((await sealMonth(database, month)) > 0) sealed.push(month);
  return sealed;
}
