import type { Database } from '../database/database';

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

/** Legal entities and their sites. Operators change them; a gateway asks only whether one may use the platform. */
export class TenantStore {
  constructor(private readonly database: Database) {}

  /** Returns false where there is one with this id. */
  async add(id: string, name: string): Promise<boolean> {
    const text = 'INSERT INTO tenant (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id';
    return (await this.database.rows({ text, values: [id, name] })).length === 1;
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
  async suspend(id: string, isSuspended: boolean): Promise<boolean> {
    const text = isSuspended
      ? 'UPDATE tenant SET suspended_at = now() WHERE id = $1 AND suspended_at IS NULL RETURNING id'
      : 'UPDATE tenant SET suspended_at = NULL WHERE id = $1 AND suspended_at IS NOT NULL RETURNING id';
    return (await this.database.rows({ text, values: [id] })).length === 1;
  }

  /** Whether there is such a tenant, and it is not suspended. */
  async isActive(tenant: string): Promise<boolean> {
    const text = 'SELECT id FROM tenant WHERE id = $1 AND suspended_at IS NULL';
    const rows = await this.database.forTenant(tenant, (client) => client.rows({ text, values: [tenant] }));
    return rows.length === 1;
  }

  /** Returns false where the tenant has a site with this id. */
  async addSite({ tenant, id, name }: Site): Promise<boolean> {
    const text = 'INSERT INTO site (tenant, id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id';
    return (await this.database.rows({ text, values: [tenant, id, name] })).length === 1;
  }

  sitesOf(tenant: string): Promise<Site[]> {
    const text = 'SELECT tenant, id, name FROM site WHERE tenant = $1 ORDER BY id';
    return this.database.forTenant(tenant, (client) => client.rows<Site>({ text, values: [tenant] }));
  }
}
