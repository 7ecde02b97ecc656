import { hash } from 'node:crypto';
import type { ActivityEvent } from '@medserve/events';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { tellIn } from '../outbox/tell-in';
import type { Database, Statement } from '../database/database';

export interface StoredQuota {
  readonly tenant: string;
  readonly client: string;
  readonly kind: 'requests' | 'cost' | 'concurrency';
  readonly limit: number;
  readonly windowS: number;
  readonly exemptsStat: boolean;
}

/** Which quota, and whose. */
export type QuotaKey = Pick<StoredQuota, 'tenant' | 'client' | 'kind'>;

const COLUMNS = 'tenant, client, kind, "limit", window_s AS "windowS", exempts_stat AS "exemptsStat"';

/**
 * A counter outlives its window by so long, in seconds: the library judges by the clock of who asks whether it is over, and no
 * clock is wrong by more.
 */
const OUTLIVE_S = 3_600;

/** The quotas that operators set, and the counters and slots that all gateways share. */
export class QuotaStore {
  constructor(private readonly database: Database) {}

  /** The quotas of the tenants. */
  async of(tenants: readonly string[]): Promise<StoredQuota[]> {
    return this.database.rows<StoredQuota>({
      name: 'quotas-of',
      text: `SELECT ${COLUMNS} FROM medserve_quotas($1)`,
      values: [tenants],
    });
  }

  /** Of every tenant, or of one; for operators. */
  list(tenant?: string): Promise<StoredQuota[]> {
    const text = `SELECT ${COLUMNS} FROM quota WHERE $1::text IS NULL OR tenant = $1 ORDER BY tenant, client, kind`;
    return this.database.rows<StoredQuota>({ text, values: [tenant ?? null] });
  }

  /** Sets a quota, in place of one of the same kind, together with the event that tells of it; for operators. */
  async set({ tenant, client, kind, limit, windowS, exemptsStat }: StoredQuota, event: ActivityEvent): Promise<void> {
    const text = `INSERT INTO quota (tenant, client, kind, "limit", window_s, exempts_stat) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (tenant, client, kind) DO UPDATE SET "limit" = excluded."limit", window_s = excluded.window_s,
        exempts_stat = excluded.exempts_stat, changed_at = now()`;
    await this.database.forTenant(tenant, async (sql) => {
      await sql.rows({ text, values: [tenant, client, kind, limit, windowS, exemptsStat] });
      await tellIn(sql, event);
    });
  }

  /** @returns whether there was such a quota: only then the event is told; for operators */
  remove({ tenant, client, kind }: QuotaKey, event: ActivityEvent): Promise<boolean> {
    const text = 'DELETE FROM quota WHERE tenant = $1 AND client = $2 AND kind = $3 RETURNING 1';
    return this.database.forTenant(tenant, async (sql) => {
      if ((await sql.rows({ text, values: [tenant, client, kind] })).length === 0) return false;
      await tellIn(sql, event);
      return true;
    });
  }

  /**
   * Adds points to the shared counter of a window.
   *
   * @returns where it stands now, these points included: who adds judges how many of them were within the limit. A reply that is
   *   lost has cost its points all the same, so that nobody is ever let in twice for them.
   */
  async count(quota: StoredQuota, windowStartMs: number, points: number): Promise<number> {
    const key = counterKey(quota, windowStartMs);
    const limiter = new RateLimiterPostgres({
      storeClient: this.clientFor(quota.tenant),
      storeType: 'client',
      tableName: 'quota_counter',
      tableCreated: true,
      keyPrefix: '',
      points: quota.limit,
      duration: quota.windowS + OUTLIVE_S,
      clearExpiredByTimeout: false,
    });
    const { consumedPoints } = await limiter.penalty(key, points);
    if (consumedPoints === points) await this.forgetOver(quota.tenant);
    return consumedPoints;
  }

  /** @returns how many slots the gateway holds from now on: so many as it wants, or as others leave */
  async hold({ tenant, client, limit }: StoredQuota, owner: string, wanted: number): Promise<number> {
    const [row] = await this.database.rows<{ held: number }>({
      name: 'quota-hold',
      text: 'SELECT medserve_hold_slots($1, $2, $3::bigint, $4, $5) AS held',
      values: [tenant, client, owner, wanted, limit],
    });
    return row?.held ?? 0;
  }

  /** Counters of windows that are long over are nobody's any more; looked for when a new window begins. */
  private async forgetOver(tenant: string): Promise<void> {
    await this.database.forTenant(tenant, (client) =>
      client.rows({
        text: 'DELETE FROM quota_counter WHERE tenant = $1 AND expire < $2',
        values: [tenant, Date.now()],
      }),
    );
  }

  /** As much of a client of pg as the library uses, for which there are the rows of one tenant and no others. */
  private clientFor(tenant: string): { query(statement: Statement): Promise<{ rows: unknown[]; rowCount: number }> } {
    return {
      query: async (statement) => {
        const rows = await this.database.forTenant(tenant, (client) => client.rows(statement));
        return { rows, rowCount: rows.length };
      },
    };
  }
}

/** `<tenant>/<kind>/<window>/<start>/<client>`; a new length of windows begins to count anew, a new limit does not. */
function counterKey({ tenant, client, kind, windowS }: StoredQuota, windowStartMs: number): string {
  const who = client.length <= 40 ? client : hash('sha256', client, 'hex').slice(0, 40);
  return `${tenant}/${kind}/${String(windowS)}/${String(windowStartMs)}/${who}`;
}
