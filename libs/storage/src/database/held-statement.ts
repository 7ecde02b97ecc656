import { DatabaseError, Query, type Connection, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import type { Statement } from './database';

/** What pg calls on a query that it was handed, and its types do not have. */
interface HandedOver {
  callback: (error: Error | null, result: QueryResult | undefined) => void;
  submit(connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}

const HandedOver = Query as unknown as new (config: QueryConfig) => HandedOver;

const UNNAMED = '';

/**
 * A statement that runs at once and commits when it is told to. Outside of BEGIN a transaction ends with the message Sync (PostgreSQL
 * manual, "Extended Query"), so all that is needed is to send it later: no trip to the server for BEGIN, none for COMMIT. A connection
 * that breaks before undoes it.
 */
export class HeldStatement<T extends QueryResultRow> extends HandedOver {
  private readonly answer = Promise.withResolvers<T[]>();
  private connection: Connection | undefined;
  private verdict: 'commit' | 'undo' | undefined;
  /** Sync was sent, or the connection is of no use any more. */
  private isOver = false;

  constructor(statement: Statement) {
    super(statement);
    this.callback = (error, result) => {
      if (error === null && result !== undefined) this.answer.resolve(result.rows as T[]);
      else this.answer.reject(error ?? new Error('The server said nothing.'));
    };
  }

  /** Its rows, once it is committed. Rejects with the error of the server, or of a connection that broke. */
  get committed(): Promise<T[]> {
    return this.answer.promise;
  }

  /** To be called once. Before it was sent, it is committed as soon as it is. */
  commit(): void {
    this.verdict ??= 'commit';
    this.end();
  }

  /** In place of `commit`: nothing of it stays. */
  undo(): void {
    this.verdict ??= 'undo';
    this.end();
  }

  override submit(connection: Connection): void {
    // What pg sends is as ever, but for its end. The server works on what has come, and keeps its answer until Sync; an error it tells at once.
    super.submit(Object.create(connection, { sync: { value: () => undefined } }) as Connection);
    this.connection = connection;
    this.end();
  }

  /** After an error the server passes over all that comes, up to Sync. */
  override handleError(error: Error, connection: Connection): void {
    if (error instanceof DatabaseError && !this.isOver) connection.sync();
    this.isOver = true;
    super.handleError(error, connection);
  }

  private end(): void {
    const { connection, verdict } = this;
    if (connection === undefined || verdict === undefined || this.isOver) return;
    this.isOver = true;
    if (verdict === 'undo') {
      connection.parse({ name: UNNAMED, text: 'ROLLBACK', types: [] }, true);
      connection.bind({ portal: UNNAMED, statement: UNNAMED }, true);
      connection.execute({ portal: UNNAMED }, true);
    }
    connection.sync();
  }
}
