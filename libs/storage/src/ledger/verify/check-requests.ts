import type { Queryable } from '../../database/database';
import { firstEventOf, monthBounds } from '../retention/months';
import type { LedgerState } from '../ledger-rows';
import type { Findings } from './problem';

interface Counts {
  readonly requests: string;
  readonly waiting: string;
  readonly parked: string;
}

const COUNTS = `
SELECT (SELECT count(*) FROM request WHERE tenant = $1) AS requests, (SELECT count(*) FROM outbox WHERE tenant = $1) AS waiting,
  (SELECT count(*) FROM parked_event WHERE tenant = $1) AS parked`;

/**
 * Events that requests name and that are neither in the ledger nor on their way to it, nor put aside with a word about it in the
 * log, nor of a month that was deleted by the rules.
 */
const UNRECORDED = `
SELECT request.id FROM request CROSS JOIN LATERAL (VALUES (accepted_event), (final_event)) AS named (event)
WHERE request.tenant = $1 AND named.event IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE ledger_entry.event = named.event AND ledger_entry.request = request.id)
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.event = named.event)
  AND NOT EXISTS (SELECT 1 FROM parked_event JOIN ledger_entry ON ledger_entry.event = parked_event.told
    WHERE parked_event.event = named.event)
  AND NOT EXISTS (SELECT 1 FROM unnest($2::uuid[], $3::uuid[]) AS gone (first, beyond)
    WHERE named.event >= gone.first AND named.event < gone.beyond)
ORDER BY request.id LIMIT 1`;

/**
 * Requests whose row says another end, or another who asked, than the events that it names. Looked for in the bytes: in canonical
 * JSON a member of these words stands nowhere else, and an entry that was changed need not be JSON any more.
 */
const MISSTATED = `
WITH named AS (
  SELECT request.id, request.actor, event, kind
  FROM request CROSS JOIN LATERAL (VALUES (accepted_event, 'accepted'), (final_event, status)) AS named (event, kind)
  WHERE request.tenant = $1 AND event IS NOT NULL
)
SELECT id FROM (
  SELECT named.*, leaf FROM named JOIN ledger_entry USING (event)
  UNION ALL SELECT named.*, payload FROM named JOIN outbox USING (event)
) AS told
WHERE position(convert_to('"event":"' || kind || '"', 'UTF8') IN leaf) = 0
  OR position(convert_to('"actor":"' || actor || '"', 'UTF8') IN leaf) = 0
ORDER BY id LIMIT 1`;

/** Entries about a request that no request names. */
const UNKNOWN = `
SELECT index, ledger_entry.request FROM ledger_entry LEFT JOIN request ON request.id = ledger_entry.request
  AND (request.tenant = $1 OR index < $2)
WHERE ledger_entry.tenant = $1 AND ledger_entry.request IS NOT NULL
  AND (request.id IS NULL OR (ledger_entry.event <> request.accepted_event
    AND ledger_entry.event IS DISTINCT FROM request.final_event))
ORDER BY index LIMIT 1`;

/** Holds requests and entries against each other: each request's events once in the ledger, saying the same, and nothing else there. */
export async function checkRequests(
  client: Queryable,
  { tenant, mixedUntil }: LedgerState,
  deletedMonths: readonly string[],
  findings: Findings,
) {
  const gone = deletedMonths.map(monthBounds);
  const [counts] = await client.rows<Counts>({ text: COUNTS, values: [tenant] });
  const unrecorded = await client.rows<{ id: string }>({
    text: UNRECORDED,
    values: [tenant, gone.map(({ begin }) => firstEventOf(begin)), gone.map(({ end }) => firstEventOf(end))],
  });
  const misstated = await client.rows<{ id: string }>({ text: MISSTATED, values: [tenant] });
  const unknown = await client.rows<{ index: string; request: string }>({
    text: UNKNOWN,
    values: [tenant, mixedUntil],
  });
  for (const { id } of unrecorded)
    findings.note({ kind: 'request', request: id, detail: 'The ledger lacks an event of this request.' });
  for (const { id } of misstated)
    findings.note({ kind: 'request', request: id, detail: 'The request says another end, or actor, than the ledger.' });
  for (const { index, request } of unknown) {
    const detail = 'The entry is about no request that is known.';
    findings.note({ kind: 'entry', index: Number(index), request, detail });
  }
  return {
    count: Number(counts?.requests ?? 0),
    waiting: Number(counts?.waiting ?? 0),
    parked: Number(counts?.parked ?? 0),
  };
}
