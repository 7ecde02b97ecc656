import type { Database } from '../database/database';

/** Who stands behind a word of the records. */
export interface StoredPerson {
  readonly tenant: string;
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
}

export class PersonStore {
  constructor(private readonly database: Database) {}

  /** Resolves when it is on disk. */
  async remember({ tenant, id, issuer, subject }: StoredPerson): Promise<void> {
    const text = 'INSERT INTO person (tenant, id, issuer, subject) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING';
    const values = [tenant, id, issuer, subject];
    await this.database.forTenant(tenant, (client) => client.rows({ text, values }));
  }

  async find(tenant: string, id: string): Promise<StoredPerson | undefined> {
    const text = 'SELECT tenant, id, issuer, subject FROM person WHERE tenant = $1 AND id = $2';
    const rows = await this.database.forTenant(tenant, (client) =>
      client.rows<StoredPerson>({ text, values: [tenant, id] }),
    );
    return rows[0];
  }
}
