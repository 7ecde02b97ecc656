import { encodeEvent, newEventId, type RecordEvent } from '@medserve/events';
import type { Database, Queryable } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';

interface OpenRequest {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
}

const LIMIT = 500;

/** Owners of open requests whose lock nobody holds. Looking into pg_locks takes no lock and waits for none. */
const FREE_OWNERS = `
SELECT owner FROM (SELECT DISTINCT owner FROM request WHERE status = 'accepted') AS open
WHERE NOT EXISTS (
  SELECT 1 FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND ((classid::bigint << 32) | objid::bigint) = open.owner)`;

/** Leases are written by the clock of the database, and read by it: that of the recorder's machine may be wrong. */
const OPEN = `
SELECT id, tenant, actor FROM request
WHERE status = 'accepted' AND (owner = ANY($1::bigint[]) OR lease_until <= now())
ORDER BY id LIMIT ${String(LIMIT)} FOR UPDATE SKIP LOCKED`;

const ABANDON = `
WITH ended AS (
  UPDATE request SET status = 'abandoned', final_event = gone.event, ended_at = now(), idempotency_key_hash = NULL
  FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS gone (id, event, payload)
  WHERE request.id = gone.id AND request.status = 'accepted'
  RETURNING request.id, request.tenant, gone.event, gone.payload
)
INSERT INTO outbox (event, tenant, request, payload) SELECT event, tenant, id, payload FROM ended RETURNING 1`;

/** Ends requests that nobody will end: their gateway is gone, or their lease ran out. */
export class AbandonSweep {
  /** When an owner's lock was first seen free. One that only lost its connection has this long to lock again. */
  private readonly freeSince = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
    private readonly graceMs: number,
  ) {}

  /**
   * @param nowMs by a clock that nobody sets, from whatever beginning: the grace period is counted by it
   * @returns how many requests were recorded as abandoned
   */
  async sweep(nowMs: number): Promise<number> {
    const owners = await this.deadOwners(nowMs);
    const count = await this.database.transaction('read committed, not waiting for the disk', (client) =>
      this.abandon(client, owners),
    );
    if (count > 0) this.wakeUp.ring();
    return count;
  }

  private async deadOwners(nowMs: number): Promise<string[]> {
    const rows = await this.database.rows<{ owner: string }>({ text: FREE_OWNERS, values: [] });
    const free = new Set(rows.map(({ owner }) => owner));
    for (const owner of this.freeSince.keys()) if (!free.has(owner)) this.freeSince.delete(owner);
    for (const owner of free) if (!this.freeSince.has(owner)) this.freeSince.set(owner, nowMs);
    return [...free].filter((owner) => nowMs - (this.freeSince.get(owner) ?? nowMs) >= this.graceMs);
  }

  private async abandon(client: Queryable, owners: readonly string[]): Promise<number> {
    const open = await client.rows<OpenRequest>({ text: OPEN, values: [owners] });
    if (open.length === 0) return 0;
    const at = new Date().toISOString();
    const events = open.map(({ id, tenant, actor }): RecordEvent => ({
      id: newEventId(),
      schema: 1,
      request: id,
      event: 'abandoned',
      at,
      tenant,
      actor,
    }));
    const values = [open.map(({ id }) => id), events.map(({ id }) => id), events.map(encodeEvent)];
    return (await client.rows({ text: ABANDON, values })).length;
  }
}
