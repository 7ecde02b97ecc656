import { uuidArray } from '../database/binary-array';
import type { Database } from '../database/database';
import { HOME } from './ledger-rows';
import { firstEventOf } from './retention/months';

const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A name that a log can have. */
export const isTenant = (name: string): boolean => TENANT.test(name);

/** Bounded memories of what is there already; forgetting costs a statement. */
const MOST = 10_000;

/**
 * A log is named after the home's, which is random, and its tenant. Several writers make the same logs at once: in one order, so that
 * none waits for another in a circle, and whichever of the unique indexes sees the other's log first.
 */
const MAKE_LOG = `
INSERT INTO ledger_state (tenant, origin, size, root)
SELECT wanted, home.origin || '/' || wanted, 0, sha256('')
FROM ledger_state AS home CROSS JOIN unnest($1::text[]) AS wanted WHERE home.tenant = '${HOME}'
ORDER BY wanted ON CONFLICT DO NOTHING`;

/** The month of a UUIDv7, by the UTC calendar. */
function monthOf(event: string): string {
  const ms = Number.parseInt(event.slice(0, 8) + event.slice(9, 13), 16);
  return new Date(ms).toISOString().slice(0, -17);
}

/** A partition is named by a year of four digits; an id of a later one is a mistake, whoever made it. */
export const hasMonth = (event: string): boolean => monthOf(event).length === '2026-11'.length;

/** Makes the logs and the partitions that events need, before the transaction that needs them, so that it locks less. */
export class LogsAndMonths {
  private readonly logs = new Set<string>([HOME]);
  private readonly months = new Set<string>();

  constructor(private readonly database: Database) {}

  /** @returns whose logs the events go to that are still in the outbox */
  async prepare(events: readonly string[]): Promise<string[]> {
    if (events.length === 0) return [];
    // Not prepared: a plan of the time when the table was small would go through all of it for good.
    const text = 'SELECT event, tenant FROM outbox WHERE event = ANY($1::uuid[])';
    const rows = await this.database.rows<{ event: string; tenant: string }>({
      text,
      values: [uuidArray(events)],
    });
    const tenants = [...new Set(rows.map(({ tenant }) => (isTenant(tenant) ? tenant : HOME)))];
    await this.makeLogs(tenants.filter((tenant) => !this.logs.has(tenant)));
    await this.makeMonths(rows.map(({ event }) => event).filter(hasMonth));
    return tenants;
  }

  /** Something was not as remembered: a month may be gone. */
  forget(): void {
    this.logs.clear();
    this.months.clear();
  }

  /** Makes the logs of these tenants that are not there, whoever else is at it. */
  async makeLogs(tenants: readonly string[]): Promise<void> {
    if (tenants.length === 0) return;
    await this.database.rows({ text: MAKE_LOG, values: [tenants] });
    if (this.logs.size + tenants.length > MOST) this.logs.clear();
    for (const tenant of tenants) this.logs.add(tenant);
  }

  /** One event of a month stands for it. */
  private async makeMonths(events: readonly string[]): Promise<void> {
    const missing = new Map(events.map((event) => [monthOf(event), event]));
    for (const month of this.months) missing.delete(month);
    for (const [month, event] of missing) {
      await this.database.rows({ text: 'SELECT ledger_make_partition($1::uuid)', values: [event] });
      if (this.months.size >= MOST) this.months.clear();
      this.months.add(month);
    }
  }
}

/** Makes the partitions of the month of `now` and of the two that follow, so that no append has to. */
export async function makeMonths(database: Database, now: Date): Promise<void> {
  for (let ahead = 0; ahead < 3; ahead += 1) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead));
    await database.rows({ text: 'SELECT ledger_make_partition($1::uuid)', values: [firstEventOf(month)] });
  }
}
