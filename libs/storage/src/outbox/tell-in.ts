import { encodeEvent, type ActivityEvent } from '@medserve/events';
import type { Queryable } from '../database/database';

const INSERT = 'INSERT INTO outbox (event, tenant, payload) VALUES ($1, $2, $3)';

/** Tells of what a transaction does, in its own commit: neither is without the other. */
export async function tellIn(client: Queryable, event: ActivityEvent): Promise<void> {
  await client.rows({ name: 'tell-in', text: INSERT, values: [event.id, event.tenant, encodeEvent(event)] });
}
