import type { ActivityEvent } from '@medserve/events';
import type { ToldChanges } from '../activities/told-changes';
import type { Database, Queryable } from '../database/database';
import { spendCode } from './sign-in-code-store';

/** The line of an issuer, the person behind the word of the records, and what the issuer's token said that counts. */
export interface StoredSignInPerson {
  readonly line: string;
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A session of a browser: for a key, or for a person. */
export interface StoredSignIn {
  readonly id: string;
  readonly tenant: string;
  readonly key: string | null;
  readonly person: StoredSignInPerson | null;
  readonly name: string | null;
  readonly seenAt: Date;
  readonly endsAt: Date;
}

export type NewSignIn = Omit<StoredSignIn, 'person'> & {
  readonly hash: Buffer;
  readonly person: Omit<StoredSignInPerson, 'issuer' | 'subject'> | null;
};

/** Browsers in which one key or one person is signed in at once; who signs in once more ends the oldest of these sessions. */
export const SESSIONS_EACH = 50;

const INSERT = `INSERT INTO sign_in_session (hash, id, tenant, key, line, person, claims, name, created_at, seen_at, ends_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`;
const TRIM = `DELETE FROM sign_in_session WHERE tenant = $1 AND hash IN (
  SELECT hash FROM sign_in_session WHERE tenant = $1 AND coalesce(key::text, person) = $2
  ORDER BY created_at DESC OFFSET ${String(SESSIONS_EACH)})`;
/** In one transaction: the session names its tenant, whose person is then seen. */
const FIND = `SELECT id, tenant, key, line, person, claims, name, seen_at AS "seenAt", ends_at AS "endsAt" FROM medserve_sign_in($1)`;
const PERSON = 'SELECT issuer, subject FROM person WHERE tenant = $1 AND id = $2';

const SWEEP = `DELETE FROM sign_in_session WHERE hash IN (
  SELECT hash FROM sign_in_session WHERE ends_at <= $1 ORDER BY ends_at LIMIT 200) RETURNING hash`;

type Row = Omit<StoredSignIn, 'person'> & {
  readonly line: string | null;
  readonly person: string | null;
  readonly claims: Readonly<Record<string, unknown>> | null;
};

/**
 * Who is signed in, at all gateways of the database. All methods throw ServingError `unavailable` where the database does not answer.
 */
export class SignInStore {
  constructor(
    private readonly database: Database,
    private readonly changes: ToldChanges,
  ) {}

  /**
   * @param entry tells of it, in the same commit
   * @param code SHA-256 of the code that it is begun with, which is used up by it
   * @returns false where the code was not good any more, and nothing was begun
   */
  async begin(session: NewSignIn, entry: ActivityEvent, code?: Buffer): Promise<boolean> {
    const { hash, id, tenant, key, person, name, seenAt, endsAt } = session;
    const claims = person === null ? null : JSON.stringify(person.claims);
    const values = [hash, id, tenant, key, person?.line ?? null, person?.id ?? null, claims, name, seenAt, endsAt];
    const begun = await this.changes.make(tenant, entry, async (client) => {
      if (code !== undefined && !(await spendCode(client, code, tenant))) return undefined;
      await client.rows({ text: INSERT, values });
      await client.rows({ text: TRIM, values: [tenant, key ?? person?.id] });
      return session;
    });
    return begun !== undefined;
  }

  /** @param hash SHA-256 of its secret */
  async find(hash: Buffer): Promise<StoredSignIn | undefined> {
    const [row] = await this.database.rows<Row>({ name: 'sign-in-find', text: FIND, values: [hash] });
    if (row === undefined) return undefined;
    const { line, person: id, claims, ...session } = row;
    if (id === null || line === null || claims === null) return { ...session, person: null };
    const [person] = await this.database.forTenant(row.tenant, (client) =>
      client.rows<{ issuer: string; subject: string }>({ text: PERSON, values: [row.tenant, id] }),
    );
    return person === undefined ? undefined : { ...session, person: { line, id, claims, ...person } };
  }

  /** Writes down that it is used. */
  async touch({ tenant, id }: Pick<StoredSignIn, 'tenant' | 'id'>, at: Date): Promise<void> {
    const text = 'UPDATE sign_in_session SET seen_at = greatest(seen_at, $3) WHERE tenant = $1 AND id = $2';
    const work = (client: Queryable) => client.rows({ text, values: [tenant, id, at] });
    await this.database.forTenant(tenant, work, 'read committed, not waiting for the disk');
  }

  /**
   * @param entry tells of it, if it happens
   * @returns false where it was over
   */
  async end({ tenant, id }: Pick<StoredSignIn, 'tenant' | 'id'>, entry: ActivityEvent): Promise<boolean> {
    const text = 'DELETE FROM sign_in_session WHERE tenant = $1 AND id = $2 RETURNING id';
    const ended = await this.changes.make(
      tenant,
      entry,
      async (client) => (await client.rows({ text, values: [tenant, id] }))[0],
    );
    return ended !== undefined;
  }

  /** Removes sessions that nobody can use any more, of all tenants; returns how many. For a recorder. */
  async sweep(now: Date): Promise<number> {
    return (await this.database.rows({ text: SWEEP, values: [now] })).length;
  }
}
