import { setTimeout as delay } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';
import type { Database } from '../database/database';

export interface CaughtUpOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const LOOK_EVERY_MS = 20;

/**
 * Waits until every event that was committed before the call is in the ledger.
 * @throws ServingError `unavailable` after `timeoutMs` (default 10 s)
 */
export async function ledgerCaughtUp(database: Database, options: CaughtUpOptions = {}): Promise<void> {
  const { timeoutMs = 10_000, signal } = options;
  const rows = await database.rows<{ last: string | null }>({
    text: 'SELECT max(position) AS last FROM outbox',
    values: [],
  });
  const last = rows[0]?.last ?? null;
  const text = 'SELECT 1 FROM outbox WHERE position <= $1 LIMIT 1';
  const givesUpAt = performance.now() + timeoutMs;
  while (last !== null && (await database.rows({ text, values: [last] })).length > 0) {
    if (performance.now() > givesUpAt) {
      throw new ServingError('unavailable', 'The ledger has not yet taken all committed events.');
    }
    await delay(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal });
  }
}
