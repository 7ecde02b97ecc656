import { Client } from 'pg';

export interface Rows<T> {
  readonly rows: T[];
}

/** As much of a database connection as tools and tests need. */
export interface SqlConnection {
  query<T>(text: string, values?: unknown[]): Promise<Rows<T>>;
}

/**
 * Does `work` on a connection of its own, past the pool and past all repositories: for tools and tests.
 *
 * @param waitMs for the connection and for each answer; absent: however long it takes
 */
export async function withConnection<T>(
  url: string,
  work: (connection: SqlConnection) => Promise<T>,
  waitMs?: number,
): Promise<T> {
  const limits = waitMs === undefined ? {} : { connectionTimeoutMillis: waitMs, query_timeout: waitMs };
  const client = new Client({ connectionString: url, application_name: 'medserve-tool', ...limits });
  await client.connect();
  try {
    return await work({
      query: async <R>(text: string, values: unknown[] = []): Promise<Rows<R>> => ({
        rows: (await client.query(text, values)).rows as R[],
      }),
    });
  } finally {
    await client.end();
  }
}
