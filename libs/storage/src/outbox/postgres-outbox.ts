import type { EventMessage, Outbox } from '@medserve/events';
import type { Database } from '../database/database';

interface Row {
  readonly id: string;
  readonly key: string;
  readonly bytes: Buffer;
  readonly position: string;
}

const CLAIM = `
WITH chosen AS (
  SELECT position FROM outbox WHERE state = 'new' ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET state = 'sent', sent_at = now() FROM chosen WHERE outbox.position = chosen.position
RETURNING outbox.event AS id, coalesce(outbox.request, outbox.event) AS key, outbox.payload AS bytes, outbox.position`;

const RECLAIM = `
WITH chosen AS (
  SELECT position FROM outbox WHERE state = 'sent' AND sent_at <= now() - make_interval(secs => $1::float8 / 1000)
  FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET state = 'new' FROM chosen WHERE outbox.position = chosen.position RETURNING 1`;

/**
 * Rows are found by state: a row that commits late has a smaller position than rows already sent, and is found all the same.
 * None of these writes waits for the disk: what is lost of them is sent once more, and the ledger takes an event once.
 */
export class PostgresOutbox implements Outbox {
  constructor(private readonly database: Database) {}

  claim(limit: number): Promise<EventMessage[]> {
    return this.database.transaction('read committed, not waiting for the disk', async (client) => {
      const rows = await client.rows<Row>({ name: 'outbox-claim', text: CLAIM, values: [limit] });
      // RETURNING keeps no order.
      return rows
        .sort((one, other) => Number(one.position) - Number(other.position))
        .map(({ id, key, bytes }) => ({ id, key, bytes }));
    });
  }

  async release(ids: readonly string[]): Promise<void> {
    await this.database.rows({ text: `UPDATE outbox SET state = 'new' WHERE event = ANY($1::uuid[])`, values: [ids] });
  }

  async reclaim(afterMs: number): Promise<number> {
    return (await this.database.rows({ text: RECLAIM, values: [afterMs] })).length;
  }

  /** Events committed and not yet in the ledger. */
  async waiting(): Promise<number> {
    const rows = await this.database.rows<{ count: string }>({ text: 'SELECT count(*) FROM outbox', values: [] });
    return Number(rows[0]?.count ?? 0);
  }
}
