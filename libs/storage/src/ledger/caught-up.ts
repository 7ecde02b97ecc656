import { setTimeout as delay } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';
import type { Database } from '../database/database';

export interface CaughtUpOptions {
  /** Whose events to wait for; without it, everybody's, which is not for a gateway to ask. */
  readonly tenant?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const LOOK_EVERY_MS = 20;

const LAST = 'SELECT max(position) AS last FROM outbox WHERE $1::text IS NULL OR tenant = $1';
const LEFT = 'SELECT 1 FROM outbox WHERE position <= $2 AND ($1::text IS NULL OR tenant = $1) LIMIT 1';

/**
 * Waits until every event that was committed before the call is in the ledger.
 * @throws ServingError `unavailable` after `timeoutMs` (default 10 s)
 */
export async function ledgerCaughtUp(database: Database, options: CaughtUpOptions = {}): Promise<void> {
  const { tenant, timeoutMs = 10_000, signal } = options;
  const ask = <T extends Record<string, unknown>>(text: string, values: unknown[]): Promise<T[]> =>
    tenant === undefined
      ? database.rows<T>({ text, values })
      : database.forTenant(tenant, (client) => client.rows<T>({ text, values }));
  const rows = await ask<{ last: string | null }>(LAST, [tenant]);
  const last = rows[0]?.last ?? null;
  const givesUpAt = performance.now() + timeoutMs;
  while (last !== null && (await ask(LEFT, [tenant, last])).length > 0) {
    if (performance.now() > givesUpAt) {
      throw new ServingError('unavailable', 'The ledger has not yet taken all committed events.');
    }
    await delay(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal });
  }
}
