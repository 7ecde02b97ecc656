import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import type { ToldChanges } from '../activities/told-changes';
import type { Database, Queryable } from '../database/database';
import { KEYS_OF_TENANT } from '../locks';

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

/** Keys of a tenant that work at once; the one of a run of the platform comes beside them. */
const LIVE_KEYS = 1_000;

/** Who makes keys of one tenant at once takes turns: each counts those of the others. */
const TAKE_TURNS = 'SELECT pg_advisory_xact_lock($1, hashtext($2))';
const COUNT = `
SELECT count(*)::int AS live FROM api_key WHERE tenant = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;

/** One page of keys, oldest first. */
export interface KeyPage {
  readonly limit: number;
  /** Id of the last key of the page before; absent: from the beginning. */
  readonly after?: string | undefined;
}

/**
 * Keys are kept as hashes; a revoked key stays, so that records can be read by the key's id. What names no tenant is for the owner,
 * who works on all of them: before a gateway there are no such rows.
 */
export class ApiKeyStore {
  constructor(
    private readonly database: Database,
    private readonly changes: ToldChanges,
  ) {}

  /**
   * One of the keys that a tenant may have so many of.
   *
   * @param entry tells of it, if it happens
   * @throws ServingError `quota_exceeded` where the tenant has that many
   */
  async create(key: NewApiKey, entry?: ActivityEvent): Promise<void> {
    await this.changes.make(key.tenant, entry, async (client) => {
      await client.rows({ text: TAKE_TURNS, values: [KEYS_OF_TENANT, key.tenant] });
      const [counted] = await client.rows<{ live: number }>({ text: COUNT, values: [key.tenant] });
      if ((counted?.live ?? 0) >= LIVE_KEYS) throw tooMany();
      await insert(client, key);
      return key;
    });
  }

  /** A key of the platform's own, whatever the tenant has. */
  async insert(key: NewApiKey): Promise<void> {
    await this.database.forTenant(key.tenant, (client) => insert(client, key));
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

  page(tenant: string, { limit, after }: KeyPage): Promise<ApiKey[]> {
    const text = `SELECT ${COLUMNS} FROM api_key WHERE tenant = $1 AND ($2::uuid IS NULL OR (created_at, id) >
      (SELECT created_at, id FROM api_key WHERE tenant = $1 AND id = $2)) ORDER BY created_at, id LIMIT $3`;
    const values = [tenant, after ?? null, limit];
    return this.database.forTenant(tenant, (client) => client.rows<ApiKey>({ text, values }));
  }

  async find(tenant: string, id: string): Promise<ApiKey | undefined> {
    const text = `SELECT ${COLUMNS} FROM api_key WHERE tenant = $1 AND id = $2`;
    const found = this.database.forTenant(tenant, (client) => client.rows<ApiKey>({ text, values: [tenant, id] }));
    return (await found)[0];
  }

  /**
   * @param entry tells of it, if it happens
   * @returns false where the tenant has no such key, or it was revoked before
   */
  async revoke(tenant: string, id: string, entry?: ActivityEvent): Promise<boolean> {
    const text =
      'UPDATE api_key SET revoked_at = now() WHERE id = $1 AND tenant = $2 AND revoked_at IS NULL RETURNING 1';
    const values = [id, tenant];
    const revoked = await this.changes.make(tenant, entry, async (client) => (await client.rows({ text, values }))[0]);
    return revoked !== undefined;
  }

  private ask<T>(tenant: string | undefined, work: (client: Queryable) => Promise<T>): Promise<T> {
    return tenant === undefined ? work(this.database) : this.database.forTenant(tenant, work);
  }
}

async function insert(client: Queryable, key: NewApiKey): Promise<void> {
  const { id, prefix, hash, scopes, tenant, label, site, department, role, expiresAt } = key;
  const values = [id, prefix, hash, scopes, tenant, label, site ?? null, department ?? null, role ?? null, expiresAt];
  await client.rows({ text: INSERT, values });
}

const tooMany = (): ServingError =>
  new ServingError('quota_exceeded', 'The tenant has as many keys that work as it may.', {
    limit: `live keys of a tenant: ${String(LIVE_KEYS)}`,
    remedy: 'Revoke keys that nobody uses any more.',
  });
