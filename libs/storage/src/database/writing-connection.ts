import { Client, DatabaseError, type QueryResultRow } from 'pg';
import type { Queryable, Statement } from './database';
import { HeldStatement } from './held-statement';
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

/** Operator intervention: the server ends the session (PostgreSQL manual, appendix A). */
const isFarewell = ({ code }: DatabaseError): boolean => code?.startsWith('57P') === true;

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
    return this.answered(this.current(), async (client) => (await client.query<T>(statement)).rows);
  }

  /** One statement that runs at once and commits when `ready` resolves; where that rejects, nothing of it stays. @throws what it rejects with */
  async rowsOnce<T extends QueryResultRow>(ready: Promise<unknown>, statement: Statement): Promise<T[]> {
    const held = new HeldStatement<T>(statement);
    let lost: { readonly reason: unknown } | undefined;
    ready.then(
      () => {
        held.commit();
      },
      (reason: unknown) => {
        lost = { reason };
        held.undo();
      },
    );
    const rows = await this.answered(this.current(), (client) => client.query(held).committed);
    if (lost !== undefined) throw lost.reason;
    return rows;
  }

  private current(): Open {
    if (this.isClosed) throw new Error('The connection was closed.');
    return (this.open ??= this.connect());
  }

  private async answered<T>(open: Open, ask: (client: Client) => Promise<T>): Promise<T> {
    try {
      await open.connected;
      return await ask(open.client);
    } catch (error) {
      // Without a word from the server nobody knows what the connection is in the middle of.
      if (!(error instanceof DatabaseError)) this.drop(open);
      // Its last word comes before its end, and so could the next statement.
      else if (isFarewell(error)) this.lose(open, error);
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
    const { url, applicationName, role } = this.options;
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
      this.lose(open, error);
    });
    client.on('end', () => {
      this.drop(open);
    });
    return open;
  }

  private lose(open: Open, reason: unknown): void {
    if (this.open === open) this.options.onLost?.(reason);
    this.drop(open);
  }

  /** The next statement connects anew. */
  private drop(open: Open): void {
    if (this.open !== open) return;
    this.open = undefined;
    void open.client.end().catch(() => undefined);
  }
}
