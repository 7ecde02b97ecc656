import { onSealedRows } from '../content/sealed-rows';
import type { Database } from '../database/database';

/** A request, and what is stored of the study that it was about. */
export interface NewContext {
  readonly tenant: string;
  /** Already accepted. */
  readonly request: string;
  /** Sealed. */
  readonly context: Buffer;
}

/** Saying the same again, after a commit of which nobody knows whether it succeeded, changes nothing. */
const INSERT = `
INSERT INTO result_context (request, tenant, context) VALUES ($1, $2, $3) ON CONFLICT (request) DO NOTHING`;
const FIND = 'SELECT context FROM result_context WHERE request = $1 AND tenant = $2';

/** What is stored of the studies of requests. Methods throw ServingError `unavailable` when the database does not answer. */
export class ContextStore {
  constructor(private readonly database: Database) {}

  /** @throws DestroyedKeyError where the key that sealed it lives no more */
  async add({ tenant, request, context }: NewContext): Promise<void> {
    const statement = { text: INSERT, values: [request, tenant, context] };
    await onSealedRows(this.database, tenant, (client) => client.rows(statement));
  }

  /** Undefined where the tenant has no such request, or its input was no DICOM study. */
  async find(tenant: string, request: string): Promise<Buffer | undefined> {
    const statement = { text: FIND, values: [request, tenant] };
    const [found] = await onSealedRows(this.database, tenant, (client) => client.rows<{ context: Buffer }>(statement));
    return found?.context;
  }
}
