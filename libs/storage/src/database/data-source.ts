import { Client, type Pool } from 'pg';
import { DataSource } from 'typeorm';
import { ApiKeyEntity } from '../keys/api-key.entity';
import { First1764000000000 } from '../migrations/1764000000000-first';
import { Tenants1765000000000 } from '../migrations/1765000000000-tenants';
import { MIGRATION_LOCK } from './locks';
import { sessionOf } from './session';

export interface DataSourceOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Most connections at once; further work waits for one. */
  readonly poolSize: number;
  readonly applicationName: string;
  /** Told about a pooled connection that broke while idle: the pool replaces it. */
  readonly onLostConnection?: (error: unknown) => void;
}

export function createDataSource(options: DataSourceOptions): DataSource {
  // Ours to promise, whatever the server's default: a record is on disk before its commit is reported.
  const session = sessionOf(options.url, ['synchronous_commit=on']);
  return new DataSource({
    type: 'postgres',
    url: session.connectionString,
    poolSize: options.poolSize,
    applicationName: options.applicationName,
    connectTimeoutMS: 5_000,
    poolErrorHandler: (error: unknown) => options.onLostConnection?.(error),
    extra: { query_timeout: 30_000, keepAlive: true, options: session.options },
    entities: [ApiKeyEntity],
    migrations: [First1764000000000, Tenants1765000000000],
    migrationsTransactionMode: 'each',
    installExtensions: false,
    logging: false,
  });
}

/** The pool behind TypeORM's driver. */
export const poolOf = (dataSource: DataSource): Pool =>
  (dataSource.driver as unknown as { readonly master: Pool }).master;

/** Brings the schema up to date. Processes that start together take turns. */
export async function migrate(url: string): Promise<void> {
  const turn = new Client({ connectionString: url, application_name: 'medserve-migrate' });
  await turn.connect();
  try {
    await turn.query('SELECT pg_advisory_lock($1, $2)', [...MIGRATION_LOCK]);
    const dataSource = createDataSource({ url, poolSize: 1, applicationName: 'medserve-migrate' });
    await dataSource.initialize();
    try {
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await turn.end();
  }
}
