import { setTimeout as delay } from 'node:timers/promises';
import * as driver from 'pg';
import { Client, type Pool } from 'pg';
import { DataSource } from 'typeorm';
import { First1764000000000 } from '../migrations/1764000000000-first';
import { Tenants1765000000000 } from '../migrations/1765000000000-tenants';
import { RowSecurity1765050000000 } from '../migrations/1765050000000-row-security';
import { LedgerPerTenant1765100000000 } from '../migrations/1765100000000-ledger-per-tenant';
import { Audit1765150000000 } from '../migrations/1765150000000-audit';
import { Identity1765200000000 } from '../migrations/1765200000000-identity';
import { Quotas1765300000000 } from '../migrations/1765300000000-quotas';
import { ContentKeys1765500000000 } from '../migrations/1765500000000-content-keys';
import { ChatSessions1765600000000 } from '../migrations/1765600000000-chat-sessions';
import { UploadedFiles1765700000000 } from '../migrations/1765700000000-uploaded-files';
import { Traces1765800000000 } from '../migrations/1765800000000-traces';
import { Monitor1765900000000 } from '../migrations/1765900000000-monitor';
import { Archive1766000000000 } from '../migrations/1766000000000-archive';
import { Studies1766100000000 } from '../migrations/1766100000000-studies';
import { Deliveries1766200000000 } from '../migrations/1766200000000-deliveries';
import { ResultContext1766300000000 } from '../migrations/1766300000000-result-context';
import { Workitems1766400000000 } from '../migrations/1766400000000-workitems';
import { SignIn1767000000000 } from '../migrations/1767000000000-sign-in';
import { ReviewCorrections1767100000000 } from '../migrations/1767100000000-review-corrections';
import { ModelDefault1767300000000 } from '../migrations/1767300000000-model-default';
import { SignInCodes1767400000000 } from '../migrations/1767400000000-sign-in-codes';
import { Jobs1767200000000 } from '../migrations/1767200000000-jobs';
import { JobsOfBefore1767200100000 } from '../migrations/1767200100000-jobs-of-before';
import { JobsByKey1767500000000 } from '../migrations/1767500000000-jobs-by-key';
import { WordsInPolicies1767600000000 } from '../migrations/1767600000000-words-in-policies';
import { WorkitemSubscriptions1767700000000 } from '../migrations/1767700000000-workitem-subscriptions';
import { RecordedEnd1767800000000 } from '../migrations/1767800000000-recorded-end';
import { ResultsByStudy1767850000000 } from '../migrations/1767850000000-results-by-study';
import { SignedLogs1767900000000 } from '../migrations/1767900000000-signed-logs';
import { PatientsOfStudies1768000000000 } from '../migrations/1768000000000-patients-of-studies';
import { HeardClient } from './heard-client';
import { MIGRATION_LOCK } from '../locks';
import { replyTimeoutOf, roleSettings, type StorageRole } from './roles';
import { sessionOf } from './session';

export interface DataSourceOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Most connections at once; further work waits for one. */
  readonly poolSize: number;
  readonly applicationName: string;
  /** Which service this is, and so what it may do; absent for the owner, who migrates and runs commands. */
  readonly role?: StorageRole;
  /** Further settings of its sessions, `name=value`. */
  readonly settings?: readonly string[];
  /** How long to wait for a reply, in milliseconds; absent: as long as its role says; 0: for ever. */
  readonly replyTimeoutMs?: number;
  /** Told about a pooled connection that broke while idle: the pool replaces it. */
  readonly onLostConnection?: (error: unknown) => void;
}

export function createDataSource(options: DataSourceOptions): DataSource {
  // Ours to promise, whatever the server's default: a record is on disk before its commit is reported.
  const session = sessionOf(options.url, [
    'synchronous_commit=on',
    ...roleSettings(options.role),
    ...(options.settings ?? []),
  ]);
  return new DataSource({
    type: 'postgres',
    // The one that errors are told apart by: TypeORM would load another by its name where this one is in a bundle.
    driver,
    url: session.connectionString,
    poolSize: options.poolSize,
    applicationName: options.applicationName,
    connectTimeoutMS: 5_000,
    poolErrorHandler: (error: unknown) => options.onLostConnection?.(error),
    extra: {
      query_timeout: options.replyTimeoutMs ?? replyTimeoutOf(options.role),
      keepAlive: true,
      options: session.options,
      Client: HeardClient,
    },
    entities: [],
    migrations: [
      First1764000000000,
      Tenants1765000000000,
      RowSecurity1765050000000,
      LedgerPerTenant1765100000000,
      Audit1765150000000,
      Identity1765200000000,
      Quotas1765300000000,
      ContentKeys1765500000000,
      ChatSessions1765600000000,
      UploadedFiles1765700000000,
      Traces1765800000000,
      Monitor1765900000000,
      Archive1766000000000,
      Studies1766100000000,
      Deliveries1766200000000,
      ResultContext1766300000000,
      Workitems1766400000000,
      SignIn1767000000000,
      ReviewCorrections1767100000000,
      ModelDefault1767300000000,
      Jobs1767200000000,
      JobsOfBefore1767200100000,
      SignInCodes1767400000000,
      JobsByKey1767500000000,
      WordsInPolicies1767600000000,
      WorkitemSubscriptions1767700000000,
      RecordedEnd1767800000000,
      ResultsByStudy1767850000000,
      SignedLogs1767900000000,
      PatientsOfStudies1768000000000,
    ],
    migrationsTransactionMode: 'each',
    installExtensions: false,
    logging: false,
  });
}

/** The pool behind TypeORM's driver. */
export const poolOf = (dataSource: DataSource): Pool =>
  (dataSource.driver as unknown as { readonly master: Pool }).master;

/**
 * A change of the schema that waits for a lock makes all who come after it wait too, so it waits only this long and tries again,
 * and the platform is served in between.
 */
const LOCK_WAIT_MS = 3_000;
const LOCK_ATTEMPTS = 20;
const LOCK_PAUSE_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';

/** Brings the schema up to date. Processes that start together take turns. A migration that fails leaves nothing of itself. */
export async function migrate(url: string): Promise<void> {
  const turn = new Client({ connectionString: url, application_name: 'medserve-migrate' });
  await turn.connect();
  try {
    await turn.query('SELECT pg_advisory_lock($1, $2)', [...MIGRATION_LOCK]);
    const dataSource = createDataSource({
      url,
      poolSize: 1,
      applicationName: 'medserve-migrate',
      settings: [`lock_timeout=${String(LOCK_WAIT_MS)}`],
      replyTimeoutMs: 0,
    });
    await dataSource.initialize();
    try {
      await migrateBetweenTraffic(dataSource);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await turn.end();
  }
}

async function migrateBetweenTraffic(dataSource: DataSource): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      return;
    } catch (error) {
      const isLocked = (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE;
      if (!isLocked || attempt >= LOCK_ATTEMPTS) throw error;
      await delay(LOCK_PAUSE_MS);
    }
  }
}
