/**
 * Three brokers, three copies of each partition, and leaders killed (-9) under load. The guard of the one-partition rule: a
 * kafkajs call that spans partitions loses acknowledged messages when a leader moves, so the bus publishes to one partition a
 * call, and nothing else may call a producer (the rule of dependencies keeps kafkajs inside libs/events).
 *
 * Nothing is sent twice by us here: the recorder's resending is switched off, so a message that Kafka acknowledged and lost
 * would be missing in the ledger for good.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { startRecorder } from '@medserve/app-recorder';
import { describeTopic, KafkaBus } from '@medserve/events';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { openStorage, type Storage } from '@medserve/storage';
import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { until } from '../support/platform';
import { describeReal } from './is-real';
import { KafkaCluster } from './kafka-cluster';
import { ledgerEvents } from './ledger-events';
import { Load } from './load';

const { privateKey: ledgerKey } = generateKeyPairSync('ed25519');
const NEVER_MS = 3_600_000;
/** What the recorder makes where there is no topic yet. */
const PARTITIONS = 6;

describeReal('three Kafka brokers', () => {
  let cluster: KafkaCluster;
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    [cluster, server] = await Promise.all([KafkaCluster.start(3), startTestServer()]);
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'real' });
  }, 90_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
    await server.stop();
    await cluster.stop();
  }, 60_000);

  it('bring every event into the ledger exactly once, though a leader is killed twice under load', async () => {
    const topic = `killed-${randomUUID()}`;
    const recorder = await startRecorder({
      databaseUrl: database.url,
      ledgerKey,
      kafka: { brokers: cluster.brokers, topic },
      logger: silentLogger,
      instruments: noopInstruments(),
      times: { resendAfterMs: NEVER_MS },
    });
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner);
    for (const partition of [0, 3]) {
      await load.more(200);
      const states = await describeTopic(cluster.brokers, topic);
      expect(states).toHaveLength(PARTITIONS);
      const leader = states[partition]?.leader ?? 0;
      await cluster.kill(leader);
      await load.more(300);
      await cluster.restart(leader);
      // Two of three copies must take a message: the next one is killed only when all three follow again.
      await until('all copies in sync', async () => {
        const now = await describeTopic(cluster.brokers, topic).catch(() => []);
        return now.length === PARTITIONS && now.every(({ inSync }) => inSync.length === 3);
      });
    }
    const ids = await load.stop();
    await storage.ledger.caughtUp({ timeoutMs: 30_000 });
    const verdict = await storage.ledger.verify('local', {
      verifier: await storage.ledger.verifierKey('local', ledgerKey),
    });
    expect(verdict).toMatchObject({ problems: [], waiting: 0, size: 2 * ids.length });
    expect(await ledgerEvents(database)).toEqual(new Map(ids.map((id) => [id, ['accepted', 'completed']])));
    const written = (await describeTopic(cluster.brokers, topic)).map(({ end }) => end);
    expect(Math.min(...written)).toBeGreaterThan(0);
    expect(written.reduce((sum, end) => sum + end, 0)).toBeGreaterThanOrEqual(2 * ids.length);
    await ownership.release();
    await recorder.close();
  }, 120_000);

  it('get from one call of the bus messages for one partition, whatever requests they are about', async () => {
    const topic = `one-partition-${randomUUID()}`;
    const bus = await KafkaBus.connect({ brokers: cluster.brokers, topic, partitions: 4, log: () => undefined });
    const messages = Array.from({ length: 50 }, () => ({
      id: randomUUID(),
      key: randomUUID(),
      bytes: Buffer.from('x'),
    }));
    await bus.publish(2, messages);
    expect((await describeTopic(cluster.brokers, topic)).map(({ end }) => end)).toEqual([0, 0, 50, 0]);
    await bus.close();
  }, 30_000);
});
