import { ActivityStore } from '../../activities/activity-store';
import { ToldChanges } from '../../activities/told-changes';
import { createDataSource, poolOf } from '../../database/data-source';
import { Database } from '../../database/database';
import { ApiKeyStore } from '../../keys/api-key-store';
import { WakeUp } from '../../outbox/wake-up';
import { RecordStore } from '../../records/record-store';
import { RecordWriter } from '../../records/record-writer';

const POOL = 4;

/** The parts of a gateway's storage, over one small pool. */
export interface GatewayParts {
  readonly database: Database;
  readonly records: RecordStore;
  readonly activities: ActivityStore;
  readonly keys: ApiKeyStore;
  close(): Promise<void>;
}

export async function openGatewayParts(url: string): Promise<GatewayParts> {
  const dataSource = createDataSource({ url, poolSize: POOL, applicationName: 'isolation', role: 'gateway' });
  const writer = new RecordWriter({ url, applicationName: 'isolation-records', role: 'gateway' });
  await dataSource.initialize();
  const database = new Database(poolOf(dataSource));
  const wakeUp = new WakeUp(database);
  return {
    database,
    records: new RecordStore(database, writer, wakeUp),
    activities: new ActivityStore(writer, wakeUp),
    keys: new ApiKeyStore(database, new ToldChanges(database, wakeUp)),
    close: async () => {
      await writer.close();
      await dataSource.destroy();
    },
  };
}
