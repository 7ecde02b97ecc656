import type { ActivityEvent } from '@medserve/events';
import type { ToldChanges } from '../activities/told-changes';
import type { Database } from '../database/database';

/** How people sign in on the page at an issuer, which knows this platform as one of its clients. */
export interface SignInClient {
  readonly client: string;
  /** What the page calls it. */
  readonly title: string;
  /** What is asked for, such as `openid profile`. */
  readonly scope: string;
  /** Whether the client has a secret, which is in a file of the gateways. */
  readonly hasSecret: boolean;
}

/** What the page has to know of an issuer before anybody has signed in. */
export interface SignInProvider {
  readonly id: string;
  readonly tenant: string;
  readonly issuer: string;
  readonly signIn: SignInClient;
}

/** A line of the table that says whose tokens are believed, and of which tenant they are. */
export interface StoredIssuer {
  readonly id: string;
  readonly tenant: string;
  readonly issuer: string;
  readonly client: string | null;
  readonly claim: string | null;
  readonly claimValue: string | null;
  readonly jwksUri: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly typ: string | null;
  readonly scopes: readonly string[];
  /** Which of the issuer's claims says what: `role`, `site`, `department`, `purpose`. */
  readonly claims: Readonly<Record<string, string>>;
  /** The issuer's words for roles, and ours. */
  readonly roles: Readonly<Record<string, string>>;
  readonly departments: readonly string[] | null;
  /** Null: nobody signs in there. */
  readonly signIn: SignInClient | null;
}

/** With the ids of the sites that its tenant has. */
export type FoundIssuer = StoredIssuer & { readonly sites: readonly string[] };

const columns = (of: string): string =>
  [
    'id',
    'tenant',
    'issuer',
    'client',
    'claim',
    'audience',
    'algorithms',
    'typ',
    'scopes',
    'claims',
    'roles',
    'departments',
  ]
    .map((name) => `${of}.${name}`)
    .concat(`${of}.claim_value AS "claimValue"`, `${of}.jwks_uri AS "jwksUri"`, `${of}.sign_in AS "signIn"`)
    .join(', ');

const INSERT = `INSERT INTO issuer (id, tenant, issuer, client, claim, claim_value, jwks_uri, audience, algorithms, typ, scopes,
    claims, roles, departments, sign_in)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING RETURNING id`;

export class IssuerStore {
  constructor(
    private readonly database: Database,
    private readonly changes: ToldChanges,
  ) {}

  /**
   * @param entry tells of it, if it happens
   * @returns false where a line with the same issuer, client and claim is there: two would be nobody's
   */
  async add(line: StoredIssuer, entry?: ActivityEvent): Promise<boolean> {
    const { id, tenant, issuer, client, claim, claimValue, jwksUri, audience } = line;
    const { algorithms, typ, scopes, claims, roles, departments, signIn } = line;
    const lists = [algorithms, typ, scopes, JSON.stringify(claims), JSON.stringify(roles), departments];
    const values = [id, tenant, issuer, client, claim, claimValue, jwksUri, audience, ...lists, signIn];
    const added = await this.changes.make(
      tenant,
      entry,
      async (rows) => (await rows.rows({ text: INSERT, values }))[0],
    );
    return added !== undefined;
  }

  /** Of every tenant, or of one; for operators. */
  list(tenant?: string): Promise<StoredIssuer[]> {
    const text = `SELECT ${columns('issuer')} FROM issuer WHERE $1::text IS NULL OR tenant = $1 ORDER BY tenant, issuer, id`;
    return this.database.rows<StoredIssuer>({ text, values: [tenant ?? null] });
  }

  /**
   * @param entry tells of it, if it happens
   * @returns the line that is gone; undefined where the tenant has none with this id
   */
  remove(tenant: string, id: string, entry?: ActivityEvent): Promise<StoredIssuer | undefined> {
    const text = `DELETE FROM issuer WHERE id = $1 AND tenant = $2 RETURNING ${columns('issuer')}`;
    const values = [id, tenant];
    return this.changes.make(tenant, entry, async (rows) => (await rows.rows<StoredIssuer>({ text, values }))[0]);
  }

  /** Where people may sign in, of all tenants. */
  signInProviders(most: number): Promise<SignInProvider[]> {
    const text = 'SELECT id, tenant, issuer, sign_in AS "signIn" FROM medserve_sign_in_issuers($1)';
    return this.database.rows<SignInProvider>({ text, values: [most] });
  }

  /** The lines of one issuer, of whichever tenants they are. */
  findByIssuer(issuer: string): Promise<FoundIssuer[]> {
    const text = `SELECT ${columns('(found.line)')}, found.sites FROM medserve_issuers($1) AS found`;
    return this.database.rows<FoundIssuer>({ name: 'issuer-find', text, values: [issuer] });
  }
}
