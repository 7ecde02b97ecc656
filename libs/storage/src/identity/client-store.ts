import type { ActivityEvent } from '@medserve/events';
import type { ToldChanges } from '../activities/told-changes';
import type { Database } from '../database/database';

/** A system that proves itself by its own key or certificate. */
export interface StoredClient {
  readonly id: string;
  readonly tenant: string;
  readonly label: string;
  /** A key set (RFC 7517) of public keys. */
  readonly jwks: object | null;
  readonly jwksUri: string | null;
  /** SHA-256 of the certificate (DER), in lower-case hex. */
  readonly certificateSha256: string | null;
  /** `URI:...` or `DNS:...`. */
  readonly certificateName: string | null;
  readonly scopes: readonly string[];
  readonly site: string | null;
  readonly department: string | null;
  readonly revokedAt: Date | null;
}

const COLUMNS = `id, tenant, label, jwks, jwks_uri AS "jwksUri", certificate_sha256 AS "certificateSha256",
  certificate_name AS "certificateName", scopes, site, department, revoked_at AS "revokedAt"`;

const INSERT = `INSERT INTO client (id, tenant, label, jwks, jwks_uri, certificate_sha256, certificate_name, scopes, site, department)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id`;

export class ClientStore {
  constructor(
    private readonly database: Database,
    private readonly changes: ToldChanges,
  ) {}

  /**
   * @param entry tells of it, if it happens
   * @returns false where another client has the certificate or its name
   */
  async add(client: Omit<StoredClient, 'revokedAt'>, entry?: ActivityEvent): Promise<boolean> {
    const { id, tenant, label, jwks, jwksUri, certificateSha256, certificateName, scopes, site, department } = client;
    const keys = [jwks === null ? null : JSON.stringify(jwks), jwksUri, certificateSha256, certificateName];
    const values = [id, tenant, label, ...keys, scopes, site, department];
    const added = await this.changes.make(
      tenant,
      entry,
      async (rows) => (await rows.rows({ text: INSERT, values }))[0],
    );
    return added !== undefined;
  }

  /** Of every tenant, or of one; for operators. */
  list(tenant?: string): Promise<StoredClient[]> {
    const text = `SELECT ${COLUMNS} FROM client WHERE $1::text IS NULL OR tenant = $1 ORDER BY tenant, created_at`;
    return this.database.rows<StoredClient>({ text, values: [tenant ?? null] });
  }

  /**
   * @param entry tells of it, if it happens
   * @returns the client; undefined where the tenant has none with this id, or it was revoked before
   */
  revoke(tenant: string, id: string, entry?: ActivityEvent): Promise<StoredClient | undefined> {
    const text = `UPDATE client SET revoked_at = now() WHERE id = $1 AND tenant = $2 AND revoked_at IS NULL RETURNING ${COLUMNS}`;
    const values = [id, tenant];
    return this.changes.make(tenant, entry, async (rows) => (await rows.rows<StoredClient>({ text, values }))[0]);
  }

  /** @param name what it proves itself with: its id, the SHA-256 of its certificate, or a name in that */
  async find(name: string): Promise<StoredClient | undefined> {
    const text = `SELECT ${COLUMNS} FROM medserve_client($1)`;
    return (await this.database.rows<StoredClient>({ name: 'client-find', text, values: [name] }))[0];
  }
}
