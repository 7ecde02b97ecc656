/** A broker that stands still, one that loses what it acknowledged, a topic that somebody takes away: F32, F33, F37 of the catalogue (docs/faults.md). */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startRecorder } from '@medserve/app-recorder';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { openStorage, type Storage } from '@medserve/storage';
import { Kafka, logLevel } from 'kafkajs';
import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { descendants } from '../support/processes';
import { describeReal } from './is-real';
import { KafkaCluster } from './kafka-cluster';
import { ledgerEvents } from './ledger-events';
import { Load, pause } from './load';

const { privateKey: ledgerKey } = generateKeyPairSync('ed25519');
/** Longer than kafkajs waits for a reply (30 s), and than the broker does for a sign of a member (6 s). */
const STANDSTILL_MS = 35_000;

describeReal('a broker', () => {
  let kafka: KafkaCluster;
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;
  let topic: string;
  let recorder: { close(): Promise<void> };
  let changes: string[] = [];

  beforeAll(async () => {
    [kafka, server] = await Promise.all([KafkaCluster.start(1), startTestServer()]);
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await kafka.stop();
  }, 60_000);

  beforeEach(async () => {
    topic = `broker-faults-${randomUUID()}`;
    changes = [];
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'real' });
    recorder = await startRecorder({
      databaseUrl: database.url,
      ledgerKey,
      kafka: { brokers: kafka.brokers, topic },
      logger: silentLogger,
      instruments: {
        ...noopInstruments(),
        transportChanges: { inc: ({ change }: { change: string }) => changes.push(change) } as never,
      },
      times: { reconcileEveryMs: 1_000, resendAfterMs: 3_000 },
    });
  }, 60_000);
  afterEach(async () => {
    await recorder.close();
    await storage.close();
    await database.close();
  }, 60_000);

  /** The command line of the broker ends with the file of its properties. */
  const broker = () => {
    const found = descendants(process.pid).find(({ command }) => / kafka\.Kafka /.test(`${command} `));
    if (found === undefined) throw new Error('no broker runs');
    return found;
  };

  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await pause(200);
  }

  async function expectEachOnce(ids: readonly string[]): Promise<void> {
    await storage.ledger.caughtUp({ timeoutMs: 90_000 });
    // What was sent again comes later than what was sent after it.
    const events = [...(await ledgerEvents(database))].map(([id, names]) => [id, ...names.sort()]);
    expect(events.sort()).toEqual(ids.map((id) => [id, 'accepted', 'completed']).sort());
  }

  it('F32: stands still beyond the session: requests go on, duplicates are absorbed', async () => {
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner);
    await load.more(50);
    const { pid } = broker();
    process.kill(pid, 'SIGSTOP');
    try {
      await load.more(100);
      await pause(STANDSTILL_MS);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await load.more(50);
    await expectEachOnce(await load.stop());
    await ownership.release();
  }, 240_000);

  it('F33: loses everything that it acknowledged: what is not in the ledger yet is sent again', async () => {
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner);
    await load.more(100);
    const properties = readFileSync(broker().command.split(' ').at(-1) ?? '', 'utf8');
    const data = /^log\.dirs=(.*)$/m.exec(properties)?.[1] ?? '';
    await kafka.kill(1);
    for (const name of readdirSync(data).filter((folder) => folder.startsWith(topic)))
      for (const file of readdirSync(join(data, name)))
        if (/\.(log|index|timeindex|snapshot)$/.test(file)) rmSync(join(data, name, file));
    await load.more(50);
    await kafka.restart(1);
    await load.more(50);
    await expectEachOnce(await load.stop());
    await ownership.release();
  }, 240_000);

  it('F37: deletes the topic, then gives it more partitions: told, and nothing is lost', async () => {
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner);
    const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await load.more(100);
    await admin.deleteTopics({ topics: [topic] });
    await load.more(50);
    await until(() => changes.includes('topic_remade'));
    await admin.createPartitions({ topicPartitions: [{ topic, count: 9 }] });
    await load.more(50);
    await until(() => changes.includes('partitions_changed'));
    await admin.disconnect();
    await expectEachOnce(await load.stop());
    await ownership.release();
  }, 240_000);
});
