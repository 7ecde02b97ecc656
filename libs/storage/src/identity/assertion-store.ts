import type { Database } from '../database/database';

/** One use of a client's assertion. */
export interface AssertionUse {
  readonly tenant: string;
  readonly client: string;
  /** SHA-256 of its `jti`. */
  readonly jtiHash: Buffer;
  /** From when on it need not be remembered: later than it ends by any clock, since this database's own says when it is swept. */
  readonly until: Date;
}

/** Those that ended are swept with each use, so many at most: faster than they can come. */
const SWEEP = `DELETE FROM used_assertion WHERE (client, jti_hash) IN
  (SELECT client, jti_hash FROM used_assertion WHERE tenant = $1 AND until < now() LIMIT 100 FOR UPDATE SKIP LOCKED)`;
const INSERT = `INSERT INTO used_assertion (tenant, client, jti_hash, until) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING client`;

/** Which assertions were used, for all gateways of the database. */
export class AssertionStore {
  constructor(private readonly database: Database) {}

  /**
   * @returns whether this use is the first; then it is on disk
   * @throws ServingError `unavailable`: then nobody knows, and it counts as used
   */
  remember({ tenant, client, jtiHash, until }: AssertionUse): Promise<boolean> {
    return this.database.forTenant(tenant, async (transaction) => {
      await transaction.rows({ text: SWEEP, values: [tenant] });
      const values = [tenant, client, jtiHash, until];
      return (await transaction.rows({ name: 'assertion-use', text: INSERT, values })).length === 1;
    });
  }
}
