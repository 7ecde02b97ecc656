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

/** Entries about a request that no request names. */
const UNKNOWN = `
SELECT index, ledger_entry.request FROM ledger_entry LEFT JOIN request ON request.id = ledger_entry.request
  AND (request.tenant = $1 OR index < $2)
WHERE ledger_entry.tenant = $1 AND ledger_entry.request IS NOT NULL
  AND (request.id IS NULL OR (ledger_entry.event <> request.accepted_event
    AND ledger_entry.event IS DISTINCT FROM request.final_event))
ORDER BY index LIMIT 1`;

/** Holds requests and entries against each other: each request's events once in the ledger, and nothing else there. */
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
  const unknown = await client.rows<{ index: string; request: string }>({
    text: UNKNOWN,
    values: [tenant, mixedUntil],
  });
  for (const { id } of unrecorded)
    findings.note({ kind: 'request', request: id, detail: 'The ledger lacks an event of this request.' });
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
