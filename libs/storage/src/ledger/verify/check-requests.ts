import type { Queryable } from '../../database/database';
import type { Problem } from './problem';

interface Counts {
  readonly requests: string;
  readonly waiting: string;
}

const COUNTS = 'SELECT (SELECT count(*) FROM request) AS requests, (SELECT count(*) FROM outbox) AS waiting';

/** Events that requests name and that are neither in the ledger nor on their way to it. */
const UNRECORDED = `
SELECT request.id FROM request CROSS JOIN LATERAL (VALUES (accepted_event), (final_event)) AS named (event)
WHERE named.event IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE ledger_entry.event = named.event AND ledger_entry.request = request.id)
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.event = named.event)
ORDER BY request.id LIMIT 1`;

/** Entries about a request that no request names. */
const UNKNOWN = `
SELECT index, ledger_entry.request FROM ledger_entry LEFT JOIN request ON request.id = ledger_entry.request
WHERE ledger_entry.request IS NOT NULL AND (request.id IS NULL OR (ledger_entry.event <> request.accepted_event
  AND ledger_entry.event IS DISTINCT FROM request.final_event))
ORDER BY index LIMIT 1`;

/** Holds requests and entries against each other: each request's events once in the ledger, and nothing else there. */
export async function checkRequests(client: Queryable) {
  const counts = await client.rows<Counts>({ text: COUNTS, values: [] });
  const unrecorded = await client.rows<{ id: string }>({ text: UNRECORDED, values: [] });
  const unknown = await client.rows<{ index: string; request: string }>({ text: UNKNOWN, values: [] });
  const problems: Problem[] = [
    ...unrecorded.map(({ id }): Problem => ({
      kind: 'request',
      request: id,
      detail: 'The ledger lacks an event of this request.',
    })),
    ...unknown.map(({ index, request }): Problem => ({
      kind: 'entry',
      index: Number(index),
      request,
      detail: 'The entry is about no request that is known.',
    })),
  ];
  return { problems, count: Number(counts[0]?.requests ?? 0), waiting: Number(counts[0]?.waiting ?? 0) };
}
