import { onSealedRows } from '../content/sealed-rows';
import { orUnavailable, type Database } from '../database/database';

/** A request, and what is stored of the study that it was about. */
export interface NewContext {
  readonly tenant: string;
  /** Already accepted. */
  readonly request: string;
  /** Sealed. */
  readonly context: Buffer;
  /** Keyed hashes of its Study Instance UID and its accession number, in hex, by which it is found. */
  readonly study?: string | undefined;
  readonly accession?: string | undefined;
}

/** Saying the same again, after a commit of which nobody knows whether it succeeded, changes nothing. */
const INSERT = `
INSERT INTO result_context (request, tenant, context, study, accession) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (request) DO NOTHING`;
const FIND = 'SELECT context FROM result_context WHERE request = $1 AND tenant = $2';

/** By what requests are found. */
export type ContextKey = 'study' | 'accession';

/** The newest first: ids begin with when they were made (UUID version 7). */
const REQUESTS: Readonly<Record<ContextKey, string>> = {
  study: 'SELECT request FROM result_context WHERE study = $2 AND tenant = $1 ORDER BY request DESC LIMIT $3',
  accession: 'SELECT request FROM result_context WHERE accession = $2 AND tenant = $1 ORDER BY request DESC LIMIT $3',
};

/** What is stored of the studies of requests. Methods throw ServingError `unavailable` when the database does not answer. */
export class ContextStore {
  constructor(private readonly database: Database) {}

  /** @throws DestroyedKeyError where the key that sealed it lives no more */
  async add({ tenant, request, context, study, accession }: NewContext): Promise<void> {
    const statement = { text: INSERT, values: [request, tenant, context, study ?? null, accession ?? null] };
    await onSealedRows(this.database, tenant, (client) => client.rows(statement));
  }

  /** Undefined where the tenant has no such request, or its input was no DICOM study. */
  async find(tenant: string, request: string): Promise<Buffer | undefined> {
    const statement = { text: FIND, values: [request, tenant] };
    const [found] = await onSealedRows(this.database, tenant, (client) => client.rows<{ context: Buffer }>(statement));
    return found?.context;
  }

  /**
   * The requests about a study, or about what one order asked for, the newest first.
   *
   * @param hash as in `NewContext`
   */
  async requestsBy(tenant: string, key: ContextKey, hash: string, limit: number): Promise<string[]> {
    const statement = { text: REQUESTS[key], values: [tenant, hash, limit] };
    const rows = await orUnavailable(
      this.database.forTenant(tenant, (client) => client.rows<{ request: string }>(statement)),
    );
    return rows.map(({ request }) => request);
  }
}
