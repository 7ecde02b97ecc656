import type { Database, Queryable } from '../database/database';

/** Whom a code signs a browser in as. */
export interface StoredSignInCode {
  readonly tenant: string;
  /** Id of the API key. */
  readonly key: string;
}

/** Codes that nobody used go when the next is made: there is one a start of the platform, and one each time somebody asks for one. */
const INSERT = `WITH gone AS (DELETE FROM sign_in_code WHERE ends_at <= now())
  INSERT INTO sign_in_code (hash, tenant, key, ends_at) VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond')`;
const FIND = 'SELECT tenant, key FROM medserve_sign_in_code($1)';
const SPEND = 'DELETE FROM sign_in_code WHERE hash = $1 AND tenant = $2 AND ends_at > now() RETURNING key';

/**
 * Codes that sign a browser in, at whichever gateway it asks. When one ends is told by the clock of the database. Methods throw
 * ServingError `unavailable` where the database does not answer.
 */
export class SignInCodeStore {
  constructor(private readonly database: Database) {}

  /**
   * For the owner: no gateway makes codes.
   *
   * @param hash SHA-256 of the code
   * @param forMs how long it waits for its browser, in milliseconds
   */
  async insert(hash: Buffer, { tenant, key }: StoredSignInCode, forMs: number): Promise<void> {
    await this.database.rows({ text: INSERT, values: [hash, tenant, key, forMs] });
  }

  /** Undefined for one that was used, or is too old, or never was. */
  async find(hash: Buffer): Promise<StoredSignInCode | undefined> {
    const [code] = await this.database.rows<StoredSignInCode>({ name: 'code-find', text: FIND, values: [hash] });
    return code;
  }
}

/**
 * Uses a code up, within the transaction of what it is used for.
 *
 * @param client of a transaction for the tenant
 * @returns false where another was quicker, or its time ran out
 */
export async function spendCode(client: Queryable, hash: Buffer, tenant: string): Promise<boolean> {
  return (await client.rows({ text: SPEND, values: [hash, tenant] })).length === 1;
}
