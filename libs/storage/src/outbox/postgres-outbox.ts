import type { EventMessage, Outbox } from '@medserve/events';
import type { QueryResultRow } from 'pg';
import { uuidArray } from '../database/binary-array';
import type { Database, Statement } from '../database/database';

interface Row {
  readonly id: string;
  readonly key: string;
  readonly bytes: Buffer;
  readonly traceparent: string | null;
}

interface Place {
  /** bigint, as the driver gives it. */
  readonly position: string;
  readonly key: string;
}

/*
 * Where rows are changed they are chosen first, as an array of positions, and then each is found by its key: whatever the planner
 * believes of the table, whose numbers are often taken while it is drained. A join with what was chosen would be planned for one row,
 * as a loop over all of them for each of them. None of these is prepared: a plan made while the table is nearly empty would still run
 * when it is full.
 */

const KEY = 'coalesce(request::text, tenant)';
const MESSAGE = `event AS id, ${KEY} AS key, payload AS bytes, traceparent`;

export const UNSENT = `
SELECT ${MESSAGE} FROM outbox WHERE state = 'new' ORDER BY position LIMIT $1`;

/** Where something is passed over, it may be most of what waits: only its keys are read. */
export const PLACES = `
SELECT position, ${KEY} AS key FROM outbox WHERE state = 'new' AND position > $1::bigint ORDER BY position LIMIT $2`;

export const UNSENT_AT = `
SELECT ${MESSAGE} FROM outbox WHERE position = ANY ($1::bigint[]) ORDER BY position`;

/** What the ledger is just taking is passed over: it is gone in a moment, and where it is not it is sent once more. */
export const SENT = `
UPDATE outbox SET state = 'sent', sent_at = now()
WHERE position = ANY (ARRAY(
  SELECT position FROM outbox WHERE event = ANY ($1::uuid[]) AND state = 'new' FOR UPDATE SKIP LOCKED
))`;

/** Once for a whole reclaiming, so that nothing that is sent while it lasts counts as sent before. */
const SENT_BEFORE = `SELECT (now() - make_interval(secs => $1::float8 / 1000))::text AS moment`;

export const RECLAIM = `
UPDATE outbox SET state = 'new'
WHERE position = ANY (ARRAY(
  SELECT position FROM outbox
  WHERE state = 'sent' AND sent_at <= $1::timestamptz AND tenant <> ALL ($2::text[]) AND position > $3::bigint
  ORDER BY position LIMIT $4 FOR UPDATE SKIP LOCKED
))
RETURNING position`;

const PLACES_AT_ONCE = 10_000;

/** Rows of one statement, so that none comes near the limit of its session. */
const RECLAIMED_AT_ONCE = 2_000;

/**
 * Rows are found by state: a row that commits late has a smaller position than rows already sent, and is found all the same.
 * None of these writes waits for the disk: what is lost of them is sent once more, and the ledger takes an event once.
 */
export class PostgresOutbox implements Outbox {
  constructor(private readonly database: Database) {}

  async unsent(limit: number, isWanted?: (key: string) => boolean): Promise<EventMessage[]> {
    const rows = await (isWanted === undefined
      ? this.rowByRow<Row>({ text: UNSENT, values: [limit] })
      : this.unsentOf(isWanted, limit));
    return rows.map(({ traceparent, ...message }) => (traceparent === null ? message : { ...message, traceparent }));
  }

  /**
   * In one snapshot: of two events of a key, where the first commits while this reads, the second would otherwise be found without
   * the first.
   */
  private unsentOf(isWanted: (key: string) => boolean, limit: number): Promise<Row[]> {
    return this.database.transaction('one snapshot, row by row', async (client) => {
      const wanted: string[] = [];
      let places: Place[];
      let last = '0';
      do {
        places = await client.rows<Place>({ text: PLACES, values: [last, PLACES_AT_ONCE] });
        wanted.push(...places.filter(({ key }) => isWanted(key)).map(({ position }) => position));
        last = places.at(-1)?.position ?? last;
      } while (wanted.length < limit && places.length === PLACES_AT_ONCE);
      return client.rows<Row>({ text: UNSENT_AT, values: [wanted.slice(0, limit)] });
    });
  }

  async sent(ids: readonly string[]): Promise<void> {
    await this.rowByRow({ text: SENT, values: [uuidArray(ids)] });
  }

  async reclaim(afterMs: number, except: readonly string[] = []): Promise<number> {
    const [before] = await this.database.rows<{ moment: string }>({ text: SENT_BEFORE, values: [afterMs] });
    let [count, last] = [0, 0];
    let rows: { position: string }[];
    do {
      const values = [before?.moment, except, last, RECLAIMED_AT_ONCE];
      rows = await this.database.rows<{ position: string }>({ text: RECLAIM, values });
      count += rows.length;
      last = rows.reduce((most, { position }) => Math.max(most, Number(position)), last);
    } while (rows.length === RECLAIMED_AT_ONCE);
    return count;
  }

  private rowByRow<T extends QueryResultRow>(statement: Statement): Promise<T[]> {
    return this.database.transaction('row by row, not waiting for the disk', (client) => client.rows<T>(statement));
  }

  /** Events committed and not yet in the ledger. */
  async waiting(): Promise<number> {
    const rows = await this.database.rows<{ count: string }>({ text: 'SELECT count(*) FROM outbox', values: [] });
    return Number(rows[0]?.count ?? 0);
  }
}
