import { ServingError } from '@medserve/errors';
import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';

/** A statement with a name is prepared once a connection: PostgreSQL then neither parses nor plans it again. */
export interface Statement extends QueryConfig {
  readonly text: string;
  readonly values: unknown[];
}

export interface Queryable {
  rows<T extends QueryResultRow>(statement: Statement): Promise<T[]>;
}

const rowsOf = async <T extends QueryResultRow>(client: Pool | PoolClient, statement: Statement): Promise<T[]> =>
  (await client.query<T>(statement)).rows;

export type Isolation = 'read committed' | 'read committed, not waiting for the disk' | 'one snapshot';

const BEGIN: Record<Isolation, string> = {
  'read committed': 'BEGIN',
  'read committed, not waiting for the disk': 'BEGIN; SET LOCAL synchronous_commit = off',
  'one snapshot': 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
};

/** For this transaction only: set for the session, it would still be there for the next who gets the connection. */
const SET_TENANT = `SELECT set_config('medserve.tenant', $1, true)`;

/** SQL over the pool that TypeORM keeps. The hot statements go past TypeORM: it cannot prepare them. */
export class Database implements Queryable {
  constructor(private readonly pool: Pool) {}

  rows<T extends QueryResultRow>(statement: Statement): Promise<T[]> {
    return rowsOf<T>(this.pool, statement);
  }

  /** Work on the rows of one tenant: no others are there for it. Its commit waits for the disk. */
  forTenant<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return this.transaction('read committed', async (client) => {
      await client.rows({ name: 'for-tenant', text: SET_TENANT, values: [tenant] });
      return work(client);
    });
  }

  async transaction<T>(isolation: Isolation, work: (client: Queryable) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // A connection that breaks while it is taken says so as an event too, which nobody else listens for then: unheard it would
    // end the process.
    const onBroken = (error: Error): void => {
      broken = error;
    };
    client.on('error', onBroken);
    try {
      await client.query(BEGIN[isolation]);
      const result = await work({ rows: (statement) => rowsOf(client, statement) });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(onBroken);
      throw error;
    } finally {
      // A connection on which even ROLLBACK fails is not given to anybody again.
      client.off('error', onBroken);
      client.release(broken);
    }
  }
}

/** What a caller is told when the audit road is cut: nothing is answered that is not recorded. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof ServingError) throw cause;
    throw new ServingError('unavailable', 'The audit record could not be written.', { cause });
  }
}
