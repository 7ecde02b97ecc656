import type { Database } from '../database/database';

/** How far the ledger is behind what happened. */
export interface Backlog {
  /** Events committed and not yet in the ledger. */
  readonly waiting: number;
  /** Age of the oldest of them by its id, in seconds; 0 when there is none. */
  readonly behindSeconds: number;
  /** Requests whose lease ran out more than a minute ago and that nobody ended. */
  readonly unended: number;
  /** Entries of all logs. */
  readonly entries: number;
}

const BACKLOG = `
SELECT (SELECT count(*) FROM outbox) AS waiting, (SELECT event FROM outbox ORDER BY position LIMIT 1) AS oldest,
  (SELECT count(*) FROM request WHERE status = 'accepted' AND lease_until < now() - interval '1 minute') AS unended,
  (SELECT sum(size) FROM ledger_state) AS entries`;

interface Row {
  readonly waiting: string;
  readonly oldest: string | null;
  readonly unended: string;
  readonly entries: string;
}

/** A UUIDv7 begins with its time. */
const timeOf = (event: string): number => Number.parseInt(event.slice(0, 8) + event.slice(9, 13), 16);

export async function readBacklog(database: Database, nowMs: number): Promise<Backlog> {
  const [row] = await database.rows<Row>({ text: BACKLOG, values: [] });
  const oldest = row?.oldest ?? null;
  return {
    waiting: Number(row?.waiting ?? 0),
    behindSeconds: oldest === null ? 0 : Math.max(0, (nowMs - timeOf(oldest)) / 1000),
    unended: Number(row?.unended ?? 0),
    entries: Number(row?.entries ?? 0),
  };
}
