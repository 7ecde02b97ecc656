import type { ActivityEvent } from '@medserve/events';
import type { ToldChanges } from '../activities/told-changes';
import type { Database, Statement } from '../database/database';

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly suspendedAt: Date | null;
}

export interface Site {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
}

const TENANT = 'id, name, created_at AS "createdAt", suspended_at AS "suspendedAt"';

/**
 * Legal entities and their sites. Operators change them; a gateway asks only whether one may use the platform. The entry that a
 * change is given tells of it, if it happens.
 */
export class TenantStore {
  constructor(
    private readonly database: Database,
    private readonly changes: ToldChanges,
  ) {}

  /** Returns false where there is one with this id. */
  add(id: string, name: string, entry?: ActivityEvent): Promise<boolean> {
    const text = 'INSERT INTO tenant (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id';
    return this.change(id, entry, { text, values: [id, name] });
  }

  async find(id: string): Promise<Tenant | undefined> {
    const [found] = await this.database.rows<Tenant>({
      text: `SELECT ${TENANT} FROM tenant WHERE id = $1`,
      values: [id],
    });
    return found;
  }

  list(): Promise<Tenant[]> {
    return this.database.rows<Tenant>({ text: `SELECT ${TENANT} FROM tenant ORDER BY id`, values: [] });
  }

  /** Returns false where there is no such tenant, or it is so already. */
  suspend(id: string, isSuspended: boolean, entry?: ActivityEvent): Promise<boolean> {
    const text = isSuspended
      ? 'UPDATE tenant SET suspended_at = now() WHERE id = $1 AND suspended_at IS NULL RETURNING id'
      : 'UPDATE tenant SET suspended_at = NULL WHERE id = $1 AND suspended_at IS NOT NULL RETURNING id';
    return this.change(id, entry, { text, values: [id] });
  }

  /** Whether there is such a tenant, and it is not suspended. */
  async isActive(tenant: string): Promise<boolean> {
    const text = 'SELECT id FROM tenant WHERE id = $1 AND suspended_at IS NULL';
    const rows = await this.database.forTenant(tenant, (client) => client.rows({ text, values: [tenant] }));
    return rows.length === 1;
  }

  /** Returns false where the tenant has a site with this id. */
  addSite({ tenant, id, name }: Site, entry?: ActivityEvent): Promise<boolean> {
    const text = 'INSERT INTO site (tenant, id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id';
    return this.change(tenant, entry, { text, values: [tenant, id, name] });
  }

  sitesOf(tenant: string): Promise<Site[]> {
    const text = 'SELECT tenant, id, name FROM site WHERE tenant = $1 ORDER BY id';
    return this.database.forTenant(tenant, (client) => client.rows<Site>({ text, values: [tenant] }));
  }

  private async change(tenant: string, entry: ActivityEvent | undefined, statement: Statement): Promise<boolean> {
    const changed = await this.changes.make(tenant, entry, async (rows) => (await rows.rows(statement))[0]);
    return changed !== undefined;
  }
}
