import { ServingError } from '@medserve/errors';
import {
  DatabaseError,
  escapeLiteral,
  type Pool,
  type PoolClient,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import { ZodError } from 'zod';
import { toldAs } from './away';
import { isConflict, retryConflicts } from './retry-conflicts';

/** A statement with a name is prepared once a connection: PostgreSQL then neither parses nor plans it again. */
export interface Statement extends QueryConfig {
  readonly text: string;
  readonly values: unknown[];
}

export interface Queryable {
  rows<T extends QueryResultRow>(statement: Statement): Promise<T[]>;
}

export type Isolation =
  | 'read committed'
  | 'read committed, not waiting for the disk'
  | 'row by row, not waiting for the disk'
  | 'one snapshot'
  | 'one snapshot, row by row';

const NOT_WAITING = 'SET LOCAL synchronous_commit = off';

/**
 * Rows are found by their keys, along an index. What is written and removed all day has seldom been counted: the planner takes it for
 * as small as it was and would go through all of it, and through all that was removed since the last vacuum, each time anew. Only
 * walking along an index forgets what is gone.
 */
export const ROW_BY_ROW = ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin']
  .map((name) => `SET LOCAL ${name} = off`)
  .join('; ');

const ONE_SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

const BEGIN: Record<Isolation, string> = {
  'read committed': 'BEGIN',
  'read committed, not waiting for the disk': `BEGIN; ${NOT_WAITING}`,
  'row by row, not waiting for the disk': `BEGIN; ${NOT_WAITING}; ${ROW_BY_ROW}`,
  'one snapshot': ONE_SNAPSHOT,
  'one snapshot, row by row': `${ONE_SNAPSHOT}; ${ROW_BY_ROW}`,
};

/**
 * For this transaction only: set for the session, it would still be there for the next who gets the connection. An array, as
 * PostgreSQL writes one, so that no name can be read as two.
 */
const nameTenant = (tenant: string): string =>
  `SELECT set_config('medserve.tenant', ARRAY[${escapeLiteral(tenant)}]::text, true)`;

/** Callers that may wait for a connection at once, beside those that have one. */
const WAITING = 1_024;

/**
 * SQL over the pool that TypeORM keeps. The hot statements go past TypeORM: it cannot prepare them.
 *
 * All methods throw ServingError `unavailable` when the database does not answer, or not in time, and `overloaded` when too many
 * wait for a connection; a statement that is wrong throws the server's own error.
 */
export class Database implements Queryable {
  constructor(
    private readonly pool: Pool,
    private readonly waitingLimit = WAITING,
  ) {}

  async rows<T extends QueryResultRow>(statement: Statement): Promise<T[]> {
    this.refuseWhenFull();
    try {
      return (await this.pool.query<T>(statement)).rows;
    } catch (error) {
      throw toldAs(error);
    }
  }

  /**
   * Work on the rows of one tenant: no others are there for it. Its commit waits for the disk. What lost to another transaction
   * is done again, so the work does nothing but SQL.
   */
  async forTenant<T>(
    tenant: string,
    work: (client: Queryable) => Promise<T>,
    isolation: Isolation = 'read committed',
  ): Promise<T> {
    const begin = `${BEGIN[isolation]}; ${nameTenant(tenant)}`;
    try {
      return await retryConflicts(() => this.attempt(begin, work));
    } catch (error) {
      throw isConflict(error) ? toldAs(error) : error;
    }
  }

  async transaction<T>(isolation: Isolation, work: (client: Queryable) => Promise<T>): Promise<T> {
    try {
      return await this.attempt(BEGIN[isolation], work);
    } catch (error) {
      throw isConflict(error) ? toldAs(error) : error;
    }
  }

  private async attempt<T>(begin: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let broken: Error | undefined;
    // A connection that breaks while it is taken says so as an event too, which nobody else listens for then: unheard it would
    // end the process.
    const onBroken = (error: Error): void => {
      broken = error;
    };
    client.on('error', onBroken);
    const ask = async <R extends QueryResultRow>(statement: string | Statement): Promise<QueryResult<R>> => {
      try {
        return await client.query<R>(statement);
      } catch (error) {
        // Without a word from the server nobody knows what the connection is in the middle of.
        if (!(error instanceof DatabaseError)) onBroken(error as Error);
        throw isConflict(error) ? error : toldAs(error);
      }
    };
    try {
      await ask(begin);
      const result = await work({
        rows: async <R extends QueryResultRow>(statement: Statement) => (await ask<R>(statement)).rows,
      });
      const { command } = await ask('COMMIT');
      if (command !== 'COMMIT')
        throw new Error('The transaction was undone, because one of its statements had failed.');
      return result;
    } catch (error) {
      if (broken === undefined) await client.query('ROLLBACK').catch(onBroken);
      throw error;
    } finally {
      // A connection on which even ROLLBACK fails is not given to anybody again.
      client.off('error', onBroken);
      client.release(broken);
    }
  }

  private async connect(): Promise<PoolClient> {
    this.refuseWhenFull();
    try {
      return await this.pool.connect();
    } catch (error) {
      throw toldAs(error);
    }
  }

  private refuseWhenFull(): void {
    if (this.pool.waitingCount < this.waitingLimit) return;
    throw new ServingError('overloaded', 'Too many wait for the database.', {
      limit: `callers waiting for a connection: ${String(this.waitingLimit)}`,
    });
  }
}

/** SQLSTATE class 22: a value that the database cannot hold. To ask again does not help, so it is not told as an outage. */
const isDataException = (error: unknown): boolean => error instanceof DatabaseError && error.code?.slice(0, 2) === '22';

/** An event that cannot be encoded, or another mistake of ours: it would be one the next time, too. */
const isMistake = (error: unknown): boolean =>
  error instanceof ZodError || error instanceof TypeError || error instanceof RangeError;

/** What a caller is told when the audit road is cut: nothing is answered that is not recorded. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof ServingError || isDataException(cause) || isMistake(cause)) throw cause;
    throw new ServingError('unavailable', 'The audit record could not be written.', { cause });
  }
}
