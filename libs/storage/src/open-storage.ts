import type { KeyObject } from 'node:crypto';
import type { EventMessage } from '@medserve/events';
import { verifierKey } from '@medserve/ledger';
import { ActivityStore } from './activities/activity-store';
import { Database } from './database/database';
import { createDataSource, poolOf, type DataSourceOptions } from './database/data-source';
import { ApiKeyEntity } from './keys/api-key.entity';
import { ApiKeyStore } from './keys/api-key-store';
import { ledgerCaughtUp, type CaughtUpOptions } from './ledger/caught-up';
import { cutCheckpoint } from './ledger/checkpoints';
import { exportLog, type ExportedLog, type Progress } from './ledger/export-log';
import { readState, type LedgerState } from './ledger/ledger-rows';
import { LedgerWriter, type Appended } from './ledger/ledger-writer';
import { proveRequest, type Proof } from './ledger/prove';
import { recordsOf, type LedgerRecord } from './ledger/records-of';
import { verifyLog, type Verdict, type VerifyOptions } from './ledger/verify-log';
import { PostgresOutbox } from './outbox/postgres-outbox';
import { takeRecorderSeat, type SeatOptions } from './outbox/recorder-seat';
import { WakeUp } from './outbox/wake-up';
import { AbandonSweep } from './records/abandon-sweep';
import { holdOwnership, type Ownership } from './records/ownership';
import { RecordStore } from './records/record-store';
import { RecordWriter } from './records/record-writer';

/** Questions to and work on the audit ledger. */
export interface Ledger {
  append(messages: readonly EventMessage[]): Promise<Appended>;
  caughtUp(options?: CaughtUpOptions): Promise<void>;
  state(): Promise<LedgerState>;
  recordsOf(tenant: string, request: string): Promise<LedgerRecord[] | undefined>;
  checkpoint(key: KeyObject): Promise<string>;
  export(key: KeyObject, dir: string, told?: Progress): Promise<ExportedLog>;
  prove(key: KeyObject, request: string): Promise<Proof>;
  verify(options: VerifyOptions): Promise<Verdict>;
  verifierKey(key: KeyObject): Promise<string>;
}

export interface Storage {
  readonly records: RecordStore;
  readonly activities: ActivityStore;
  readonly keys: ApiKeyStore;
  readonly outbox: PostgresOutbox;
  readonly ledger: Ledger;
  holdOwnership(onFailure?: (error: unknown) => void): Promise<Ownership>;
  abandonSweep(graceMs: number): AbandonSweep;
  takeRecorderSeat(options: Omit<SeatOptions, 'url'>): { close(): Promise<void> };
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

function ledgerOn(database: Database): Ledger {
  const writer = new LedgerWriter(database);
  return {
    append: (messages) => writer.append(messages),
    caughtUp: (options) => ledgerCaughtUp(database, options),
    state: () => readState(database),
    recordsOf: (tenant, request) => recordsOf(database, tenant, request),
    checkpoint: (key) => cutCheckpoint(database, key),
    export: (key, dir, told) => exportLog(database, key, dir, told),
    prove: (key, request) => proveRequest(database, key, request),
    verify: (options) => verifyLog(database, options),
    verifierKey: async (key) => verifierKey((await readState(database)).origin, key),
  };
}

/** Opens the database. The schema must be up to date (`migrate`). */
export async function openStorage(options: DataSourceOptions): Promise<Storage> {
  const dataSource = createDataSource(options);
  await dataSource.initialize();
  const database = new Database(poolOf(dataSource));
  const wakeUp = new WakeUp(database);
  const writer = new RecordWriter({
    url: options.url,
    applicationName: `${options.applicationName}-records`,
    onLost: options.onLostConnection,
  });
  return {
    records: new RecordStore(database, writer, wakeUp),
    activities: new ActivityStore(database, wakeUp),
    keys: new ApiKeyStore(dataSource.getRepository(ApiKeyEntity)),
    outbox: new PostgresOutbox(database),
    ledger: ledgerOn(database),
    holdOwnership: (onFailure) => holdOwnership(options.url, onFailure),
    abandonSweep: (graceMs) => new AbandonSweep(database, wakeUp, graceMs),
    takeRecorderSeat: (seat) => takeRecorderSeat({ ...seat, url: options.url }),
    ping: async () => {
      await database.rows({ text: 'SELECT 1', values: [] });
    },
    close: async () => {
      await writer.close();
      await dataSource.destroy();
    },
  };
}
