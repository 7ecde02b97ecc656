import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, startEmbeddedPostgres, withConnection, type SqlConnection } from '@medserve/storage';
import { copyTemplate, TEMPLATE_DATABASE } from './postgres-template';

export interface TestDatabase {
  /** An empty database with the current schema, nobody else's. */
  readonly url: string;
  /** A connection with the rights of the server's owner: to look behind the platform's back, and to tamper. */
  superuser<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface TestServer {
  database(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

interface StartedServer {
  readonly url: string;
  /** Whether it has TEMPLATE_DATABASE. */
  readonly hasTemplate: boolean;
  stop(): Promise<void>;
}

async function startServer(): Promise<StartedServer> {
  const given = process.env['MEDSERVE_TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, hasTemplate: false, stop: () => Promise.resolve() };
  const dir = mkdtempSync(join(tmpdir(), 'medserve-test-postgres-'));
  const hasTemplate = await copyTemplate(dir);
  // Nothing here has to outlive the machine.
  const server = await startEmbeddedPostgres({ dir, fsync: false });
  return {
    url: server.url,
    hasTemplate,
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * A real PostgreSQL for a test file: the server of MEDSERVE_TEST_DATABASE_URL (its user may create databases), or else an
 * embedded one of its own. Start it in `beforeAll`, stop it in `afterAll`.
 */
export async function startTestServer(): Promise<TestServer> {
  const server = await startServer();
  return {
    stop: () => server.stop(),
    database: async () => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      const of = server.hasTemplate ? `TEMPLATE ${TEMPLATE_DATABASE} STRATEGY file_copy` : '';
      await withConnection(server.url, (sql) => sql.query(`CREATE DATABASE ${name} ${of}`));
      const target = new URL(server.url);
      target.pathname = `/${name}`;
      const url = target.href;
      if (!server.hasTemplate) await migrate(url);
      return {
        url,
        superuser: (work) => withConnection(url, work),
        close: async () => {
          await withConnection(server.url, (sql) => sql.query(`DROP DATABASE ${name} WITH (FORCE)`));
        },
      };
    },
  };
}

/** One database on a server of its own, when a test file needs no more. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const server = await startTestServer();
  const database = await server.database();
  return {
    ...database,
    close: async () => {
      await database.close();
      await server.stop();
    },
  };
}
