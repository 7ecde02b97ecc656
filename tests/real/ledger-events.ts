import type { TestDatabase } from '@medserve/testkit';

interface Row {
  readonly request: string;
  readonly events: string[];
}

const EVENTS = `
SELECT request, array_agg(convert_from(leaf, 'UTF8')::json ->> 'event' ORDER BY index) AS events
FROM ledger_entry GROUP BY request`;

/** The events that the ledger holds, in its order, by request. */
export const ledgerEvents = (database: Pick<TestDatabase, 'superuser'>): Promise<Map<string, string[]>> =>
  database.superuser(async (sql) => {
    const { rows } = await sql.query<Row>(EVENTS);
    return new Map(rows.map(({ request, events }) => [request, events]));
  });
