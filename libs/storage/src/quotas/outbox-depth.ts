import type { Queryable } from '../database/database';

export interface Depth {
  readonly events: number;
  readonly bytes: number;
}

/**
 * How much is committed and not in the ledger yet: never too small, and each figure exact from half of its ceiling on. Below that
 * it costs two looks into an index, and from there a count, some tenths of a second a million rows.
 */
export async function outboxDepth(database: Queryable, ceiling: Depth): Promise<Depth> {
  const [row] = await database.rows<{ events: string; bytes: string }>({
    name: 'outbox-depth',
    text: 'SELECT events, bytes FROM outbox_depth($1, $2)',
    values: [ceiling.events, ceiling.bytes],
  });
  return { events: Number(row?.events ?? 0), bytes: Number(row?.bytes ?? 0) };
}
