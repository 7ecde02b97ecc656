import { Client, DatabaseError, type QueryResultRow } from 'pg';
import type { Queryable, Statement } from './database';
import { replyTimeoutOf, roleSettings, type StorageRole } from './roles';
import { sessionOf } from './session';

export interface WritingConnectionOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  readonly applicationName: string;
  /** Which service this is; absent for the owner. */
  readonly role?: StorageRole | undefined;
  /** How long to wait for a reply, in milliseconds; absent: as long as its role says. */
  readonly replyTimeoutMs?: number | undefined;
  /** Told when a connection that stood was lost; the next statement makes a new one. */
  readonly onLost?: ((error: unknown) => void) | undefined;
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Ours to promise, whatever the server's defaults. A record is on disk before its commit is reported. Statements over arrays
 * are planned once, for no rows in particular, and find rows by their keys: planned while a table is nearly empty, a scan of it
 * would look cheaper, and would still be what runs when the table has grown.
 */
export const WRITING_SESSION = [
  'synchronous_commit=on',
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
];

interface Open {
  readonly client: Client;
  readonly connected: Promise<unknown>;
}

/** A connection of its own for a hot statement, made when it is first needed and anew after it broke. */
export class WritingConnection implements Queryable {
  private open: Open | undefined;
  private isClosed = false;

  constructor(private readonly options: WritingConnectionOptions) {}

  /** One statement at a time. Rejects with the error of the server, or of a connection that cannot be made or broke. */
  async rows<T extends QueryResultRow>(statement: Statement): Promise<T[]> {
    if (this.isClosed) throw new Error('The connection was closed.');
    const open = (this.open ??= this.connect());
    try {
      await open.connected;
      return (await open.client.query<T>(statement)).rows;
    } catch (error) {
      // Without a word from the server nobody knows what the connection is in the middle of.
      if (!(error instanceof DatabaseError)) this.drop(open);
      throw error;
    }
  }

  async close(): Promise<void> {
    const { open } = this;
    this.isClosed = true;
    this.open = undefined;
    await open?.client.end().catch(() => undefined);
  }

  private connect(): Open {
    const { url, applicationName, role, onLost } = this.options;
    const { replyTimeoutMs = replyTimeoutOf(role) } = this.options;
    const client = new Client({
      ...sessionOf(url, [...WRITING_SESSION, ...roleSettings(role)]),
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: replyTimeoutMs,
      keepAlive: true,
    });
    const open = { client, connected: client.connect() };
    client.on('error', (error) => {
      if (this.open === open) onLost?.(error);
      this.drop(open);
    });
    client.on('end', () => {
      this.drop(open);
    });
    return open;
  }

  /** The next statement connects anew. */
  private drop(open: Open): void {
    if (this.open !== open) return;
    this.open = undefined;
    void open.client.end().catch(() => undefined);
  }
}
