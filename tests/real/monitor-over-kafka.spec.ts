/**
 * What the monitor counts over a real broker: every request once, though the outbox sends events again and again and the monitor is
 * killed in the middle of it, more than once.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { startRecorder } from '@medserve/app-recorder';
import { describeTopic } from '@medserve/events';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { openStorage, type Storage } from '@medserve/storage';
import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { freePort } from '../support/free-port';
import { until } from '../support/platform';
import { ServiceProcess } from '../support/service-process';
import { describeReal } from './is-real';
import { KafkaCluster } from './kafka-cluster';
import { Load } from './load';

const { privateKey: ledgerKey } = generateKeyPairSync('ed25519');

describeReal('the monitor behind Kafka', () => {
  let kafka: KafkaCluster;
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    [kafka, server] = await Promise.all([KafkaCluster.start(1), startTestServer()]);
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'real' });
  }, 90_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
    await server.stop();
    await kafka.stop();
  }, 60_000);

  const completed = async (): Promise<number> =>
    (await storage.monitor.totals())
      .filter(({ name, labels }) => name === 'results' && labels['outcome'] === 'completed')
      .reduce((sum, { value }) => sum + value, 0);

  it('counts each request once, killed in between and given events again', async () => {
    const topic = `monitor-${randomUUID()}`;
    const brokers = kafka.brokers;
    const port = await freePort();
    const recorder = await startRecorder({
      databaseUrl: database.url,
      ledgerKey,
      kafka: { brokers, topic },
      logger: silentLogger,
      instruments: noopInstruments(),
      times: { reconcileEveryMs: 5, resendAfterMs: 0 },
    });
    const monitor = new ServiceProcess('monitor', {
      MEDSERVE_DATABASE_URL: database.url,
      MEDSERVE_KAFKA_BROKERS: brokers.join(','),
      MEDSERVE_KAFKA_TOPIC: topic,
      MEDSERVE_METRICS_PORT: String(port),
    });
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner, 4, 0);
    for (let life = 0; life < 3; life += 1) {
      await monitor.start();
      const before = await completed();
      await until('it counts', async () => (await completed()) > before, 60_000);
      await load.more(60);
      await monitor.kill();
      await load.more(40);
    }
    const ids = await load.stop();
    await monitor.start();
    await until('it has counted all', async () => (await completed()) >= ids.length, 60_000);
    await storage.ledger.caughtUp({ timeoutMs: 30_000 });
    const sent = (await describeTopic(brokers, topic)).reduce((sum, { end }) => sum + end, 0);
    expect(sent).toBeGreaterThan(2 * ids.length);
    const shown = async (): Promise<number> => {
      const reply = await fetch(`http://127.0.0.1:${String(port)}/`);
      const collected = (await reply.json()) as {
        readonly name: string;
        readonly values: readonly { readonly labels: Record<string, string>; readonly value: number }[];
      }[];
      return collected
        .filter(({ name }) => name === 'medserve_monitor_results_total')
        .flatMap(({ values }) => values)
        .filter(({ labels }) => labels['outcome'] === 'completed')
        .reduce((sum, { value }) => sum + value, 0);
    };
    await until('it shows all', async () => (await shown()) >= ids.length);
    expect([await completed(), await shown()]).toEqual([ids.length, ids.length]);
    await ownership.release();
    await recorder.close();
    expect(await monitor.stop()).toBe(0);
  }, 240_000);
});
