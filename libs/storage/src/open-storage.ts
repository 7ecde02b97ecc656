import type { DataSource } from 'typeorm';
import { ArchiveIndex } from './archive/archive-index';
import { InstanceWriter } from './archive/instance-writer';
import { ActivityStore } from './activities/activity-store';
import { ToldChanges } from './activities/told-changes';
import { AuditReader } from './audit/audit-reader';
import { BreakGlassStore } from './break-glass/break-glass-store';
import { SessionStore } from './chat/session-store';
import { ContentKeyStore } from './content/content-key-store';
import { ContextStore } from './contexts/context-store';
import { Database } from './database/database';
import { createDataSource, poolOf, type DataSourceOptions } from './database/data-source';
import { explainRefusal, requireRowSecurity, type StorageRole } from './database/roles';
import { DeliveryStore } from './deliveries/delivery-store';
import { identityOn, type Identity } from './identity/identity';
import { JobStore } from './jobs/job-store';
import { ApiKeyStore } from './keys/api-key-store';
import { openLedger, type Ledger, type LedgerOptions } from './ledger/ledger';
import { takeMonitorSeat, type MonitorSeatOptions } from './monitor/monitor-seat';
import { ModelDefaultStore } from './models/model-default-store';
import { MonitorStore } from './monitor/monitor-store';
import { PostgresOutbox } from './outbox/postgres-outbox';
import { takeRecorderSeat, type SeatOptions } from './outbox/recorder-seat';
import { WakeUp } from './outbox/wake-up';
import { outboxDepth, type Depth } from './quotas/outbox-depth';
import { QuotaStore } from './quotas/quota-store';
import { AbandonSweep } from './records/abandon-sweep';
import { holdOwnership, type Ownership } from './records/ownership';
import { RecordStore } from './records/record-store';
import { RecordWriter } from './records/record-writer';
import { ReviewStore } from './review/review-store';
import { SignInCodeStore } from './sign-in/sign-in-code-store';
import { SignInStore } from './sign-in/sign-in-store';
import { StudyList } from './studies/study-list';
import { StudyOrders } from './studies/study-orders';
import { StudyStore } from './studies/study-store';
import { UploadStore } from './uploads/upload-store';
import { UsageStore } from './usage/usage-store';
import { SubscriptionStore } from './workitems/subscription-store';
import { WorkitemOrders } from './workitems/workitem-orders';
import { WorkitemPatients } from './workitems/workitem-patients';
import { WorkitemStore } from './workitems/workitem-store';

/** For the engine that works on studies, for who watches them, and for who orders something of them. */
export interface Studies {
  readonly store: StudyStore;
  readonly list: StudyList;
  readonly orders: StudyOrders;
}

/** The worklist, and the orders for routes in it. */
export interface Workitems {
  readonly store: WorkitemStore;
  readonly orders: WorkitemOrders;
  readonly patients: WorkitemPatients;
  readonly subscriptions: SubscriptionStore;
}

export interface Storage {
  readonly records: RecordStore;
  readonly jobs: JobStore;
  readonly activities: ActivityStore;
  readonly keys: ApiKeyStore;
  readonly identity: Identity;
  readonly outbox: PostgresOutbox;
  readonly ledger: Ledger;
  readonly contentKeys: ContentKeyStore;
  readonly contexts: ContextStore;
  readonly sessions: SessionStore;
  readonly uploads: UploadStore;
  readonly audit: AuditReader;
  readonly reviews: ReviewStore;
  readonly breakGlass: BreakGlassStore;
  readonly quotas: QuotaStore;
  readonly usage: UsageStore;
  readonly monitor: MonitorStore;
  readonly modelDefaults: ModelDefaultStore;
  readonly archive: ArchiveIndex;
  readonly studies: Studies;
  readonly workitems: Workitems;
  readonly deliveries: DeliveryStore;
  readonly signIns: SignInStore;
  readonly signInCodes: SignInCodeStore;
  /** @see outboxDepth */
  outboxDepth(ceiling: Depth): Promise<Depth>;
  holdOwnership(onFailure?: (error: unknown) => void): Promise<Ownership>;
  abandonSweep(graceMs: number): AbandonSweep;
  takeRecorderSeat(options: Omit<SeatOptions, 'url' | 'role'>): { close(): Promise<void> };
  takeMonitorSeat(options: Omit<MonitorSeatOptions, 'url' | 'role'>): { close(): Promise<void> };
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connects as a service, which has to find the rows of tenants shut; or as the owner, who is not asked. */
async function openDatabase(dataSource: DataSource, role: StorageRole | undefined): Promise<Database> {
  try {
    await dataSource.initialize();
    const database = new Database(poolOf(dataSource));
    if (role !== undefined) await requireRowSecurity(database, role);
    return database;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw explainRefusal(error, role);
  }
}

/**
 * Opens the database. The schema must be up to date (`migrate`).
 *
 * @throws Error that says what is missing, where a service cannot work under its role
 */
export async function openStorage(options: DataSourceOptions & LedgerOptions): Promise<Storage> {
  const { role } = options;
  const dataSource = createDataSource(options);
  const database = await openDatabase(dataSource, role);
  const wakeUp = new WakeUp(database);
  const changes = new ToldChanges(database, wakeUp);
  const writer = new RecordWriter({
    url: options.url,
    applicationName: `${options.applicationName}-records`,
    role,
    replyTimeoutMs: options.replyTimeoutMs,
    onLost: options.onLostConnection,
  });
  const instances = new InstanceWriter({
    url: options.url,
    applicationName: `${options.applicationName}-instances`,
    role,
    replyTimeoutMs: options.replyTimeoutMs,
    onLost: options.onLostConnection,
  });
  return {
    records: new RecordStore(database, writer, wakeUp),
    jobs: new JobStore(database, changes),
    activities: new ActivityStore(writer, wakeUp),
    keys: new ApiKeyStore(database, changes),
    identity: identityOn(database, changes),
    outbox: new PostgresOutbox(database),
    ledger: openLedger(database, options),
    contentKeys: new ContentKeyStore(database),
    contexts: new ContextStore(database),
    sessions: new SessionStore(database, wakeUp),
    uploads: new UploadStore(database, wakeUp),
    audit: new AuditReader(database),
    reviews: new ReviewStore(database, wakeUp),
    breakGlass: new BreakGlassStore(database, wakeUp),
    quotas: new QuotaStore(database),
    usage: new UsageStore(database),
    monitor: new MonitorStore(database),
    modelDefaults: new ModelDefaultStore(database, wakeUp),
    archive: new ArchiveIndex(database, instances),
    studies: {
      store: new StudyStore(database, wakeUp),
      list: new StudyList(database),
      orders: new StudyOrders(database, wakeUp),
    },
    workitems: {
      store: new WorkitemStore(database, wakeUp),
      orders: new WorkitemOrders(database),
      patients: new WorkitemPatients(database),
      subscriptions: new SubscriptionStore(database, wakeUp),
    },
    deliveries: new DeliveryStore(database, wakeUp),
    signIns: new SignInStore(database, changes),
    signInCodes: new SignInCodeStore(database),
    outboxDepth: (ceiling) => outboxDepth(database, ceiling),
    holdOwnership: (onFailure) => holdOwnership(options, onFailure),
    abandonSweep: (graceMs) => new AbandonSweep(database, wakeUp, graceMs),
    takeRecorderSeat: (seat) => takeRecorderSeat({ ...seat, url: options.url, role }),
    takeMonitorSeat: (seat) => takeMonitorSeat({ ...seat, url: options.url, role }),
    ping: async () => {
      await database.rows({ text: 'SELECT 1', values: [] });
    },
    close: async () => {
      await writer.close();
      await instances.close();
      await dataSource.destroy();
    },
  };
}
