import { ActivityStore } from '../../activities/activity-store';
import { ToldChanges } from '../../activities/told-changes';
import { ArchiveIndex } from '../../archive/archive-index';
import { InstanceWriter } from '../../archive/instance-writer';
import { createDataSource, poolOf } from '../../database/data-source';
import { Database } from '../../database/database';
import { JobStore } from '../../jobs/job-store';
import { ApiKeyStore } from '../../keys/api-key-store';
import { WakeUp } from '../../outbox/wake-up';
import { RecordStore } from '../../records/record-store';
import { RecordWriter } from '../../records/record-writer';
import { ReviewStore } from '../../review/review-store';
import { SignInCodeStore } from '../../sign-in/sign-in-code-store';
import { SignInStore } from '../../sign-in/sign-in-store';
import { StudyList } from '../../studies/study-list';
import { StudyStore } from '../../studies/study-store';
import { WorkitemOrders } from '../../workitems/workitem-orders';
import { WorkitemStore } from '../../workitems/workitem-store';

const POOL = 4;

/** The parts of a gateway's storage, over one small pool. */
export interface GatewayParts {
  readonly database: Database;
  readonly records: RecordStore;
  readonly activities: ActivityStore;
  readonly keys: ApiKeyStore;
  readonly jobs: JobStore;
  readonly reviews: ReviewStore;
  readonly signIns: SignInStore;
  readonly codes: SignInCodeStore;
  readonly archive: ArchiveIndex;
  readonly studies: { readonly store: StudyStore; readonly list: StudyList };
  readonly workitems: { readonly store: WorkitemStore; readonly orders: WorkitemOrders };
  close(): Promise<void>;
}

export async function openGatewayParts(url: string): Promise<GatewayParts> {
  const dataSource = createDataSource({ url, poolSize: POOL, applicationName: 'isolation', role: 'gateway' });
  const writer = new RecordWriter({ url, applicationName: 'isolation-records', role: 'gateway' });
  const instances = new InstanceWriter({ url, applicationName: 'isolation-instances', role: 'gateway' });
  await dataSource.initialize();
  const database = new Database(poolOf(dataSource));
  const wakeUp = new WakeUp(database);
  const changes = new ToldChanges(database, wakeUp);
  return {
    database,
    records: new RecordStore(database, writer, wakeUp),
    activities: new ActivityStore(writer, wakeUp),
    keys: new ApiKeyStore(database, changes),
    jobs: new JobStore(database, changes),
    reviews: new ReviewStore(database, wakeUp),
    signIns: new SignInStore(database, changes),
    codes: new SignInCodeStore(database),
    archive: new ArchiveIndex(database, instances),
    studies: { store: new StudyStore(database, wakeUp), list: new StudyList(database) },
    workitems: { store: new WorkitemStore(database, wakeUp), orders: new WorkitemOrders(database) },
    close: async () => {
      await writer.close();
      await instances.close();
      await dataSource.destroy();
    },
  };
}
