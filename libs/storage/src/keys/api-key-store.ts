import type { Database, Queryable } from '../database/database';

export interface ApiKey {
  readonly id: string;
  /** The readable part, by which a key is found. */
  readonly prefix: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  readonly tenant: string;
  readonly label: string;
  readonly site: string | null;
  readonly department: string | null;
  readonly role: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

type Place = 'site' | 'department' | 'role';

export type NewApiKey = Omit<ApiKey, Place | 'createdAt' | 'revokedAt'> & Partial<Pick<ApiKey, Place>>;

const COLUMNS = `id, prefix, hash, scopes, tenant, label, site, department, role, created_at AS "createdAt",
  expires_at AS "expiresAt", revoked_at AS "revokedAt"`;

const INSERT = `
INSERT INTO api_key (id, prefix, hash, scopes, tenant, label, site, department, role, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/**
 * Keys are kept as hashes; a revoked key stays, so that records can be read by the key's id. What names no tenant is for the owner,
 * who works on all of them: before a gateway there are no such rows.
 */
export class ApiKeyStore {
  constructor(private readonly database: Database) {}

  async insert(key: NewApiKey): Promise<void> {
    const { id, prefix, hash, scopes, tenant, label, site, department, role, expiresAt } = key;
    const values = [id, prefix, hash, scopes, tenant, label, site ?? null, department ?? null, role ?? null, expiresAt];
    await this.database.forTenant(tenant, (client) => client.rows({ text: INSERT, values }));
  }

  /** Whose key it is stands in it: this one row is seen before the tenant is known, and no other. */
  async findByPrefix(prefix: string): Promise<ApiKey | undefined> {
    const text = `SELECT ${COLUMNS} FROM medserve_key($1)`;
    const [key] = await this.database.rows<ApiKey>({ name: 'key-find', text, values: [prefix] });
    return key;
  }

  list(tenant?: string): Promise<ApiKey[]> {
    const text = `SELECT ${COLUMNS} FROM api_key WHERE $1::text IS NULL OR tenant = $1 ORDER BY created_at`;
    return this.ask(tenant, (client) => client.rows<ApiKey>({ text, values: [tenant] }));
  }

  /** Returns false when there is no such key, or it was revoked before. */
  async revoke(id: string, tenant?: string): Promise<boolean> {
    const text = 'UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING 1';
    return (await this.ask(tenant, (client) => client.rows({ text, values: [id] }))).length === 1;
  }

  /** Revokes every key of this label, such as the keys of earlier runs; returns how many. */
  async revokeLabelled(label: string): Promise<number> {
    const text = 'UPDATE api_key SET revoked_at = now() WHERE label = $1 AND revoked_at IS NULL RETURNING 1';
    return (await this.database.rows({ text, values: [label] })).length;
  }

  private ask<T>(tenant: string | undefined, work: (client: Queryable) => Promise<T>): Promise<T> {
    return tenant === undefined ? work(this.database) : this.database.forTenant(tenant, work);
  }
}
