/**
 * Events on their whole way: committed in a server PostgreSQL with their request, from the outbox over a real broker to the
 * recorder and into the ledger; and what happens to them when the recorder or the broker dies (faults F31 and F34).
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { startRecorder, type RecorderSettings } from '@medserve/app-recorder';
import { describeTopic } from '@medserve/events';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { openStorage, type Storage } from '@medserve/storage';
import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { until } from '../support/platform';
import { describeReal } from './is-real';
import { KafkaCluster } from './kafka-cluster';
import { ledgerEvents } from './ledger-events';
import { Load } from './load';

const { privateKey: ledgerKey } = generateKeyPairSync('ed25519');

describeReal('the ledger behind Kafka', () => {
  let kafka: KafkaCluster;
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;
  let topic: string;

  beforeAll(async () => {
    [kafka, server] = await Promise.all([KafkaCluster.start(1), startTestServer()]);
  }, 90_000);

  afterAll(async () => {
    await server.stop();
    await kafka.stop();
  }, 60_000);

  beforeEach(async () => {
    topic = `ledger-${randomUUID()}`;
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'real' });
  }, 30_000);

  afterEach(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const record = (times: RecorderSettings['times'] = {}) =>
    startRecorder({
      databaseUrl: database.url,
      ledgerKey,
      kafka: { brokers: kafka.brokers, topic },
      logger: silentLogger,
      instruments: noopInstruments(),
      times,
    });

  async function expectEachOnce(ids: readonly string[]): Promise<void> {
    await storage.ledger.caughtUp({ timeoutMs: 30_000 });
    const verdict = await storage.ledger.verify('local', {
      verifier: await storage.ledger.verifierKey('local', ledgerKey),
    });
    expect(verdict).toMatchObject({ problems: [], waiting: 0, size: 2 * ids.length });
    expect(await ledgerEvents(database)).toEqual(new Map(ids.map((id) => [id, ['accepted', 'completed']])));
  }

  const messagesWritten = async (): Promise<number> =>
    (await describeTopic(kafka.brokers, topic)).reduce((sum, { end }) => sum + end, 0);

  it('takes each event once, though the outbox sends it again and again', async () => {
    const recorder = await record({ reconcileEveryMs: 5, resendAfterMs: 0 });
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner, 4, 0);
    // What is sent does not become an entry for as long as the logs are locked, and so is sent again.
    const ids = await database.superuser(async (sql) => {
      await sql.query('BEGIN; LOCK TABLE ledger_state IN EXCLUSIVE MODE');
      await load.more(150);
      const loaded = await load.stop();
      while ((await messagesWritten()) <= 2 * loaded.length);
      await sql.query('COMMIT');
      return loaded;
    });
    await expectEachOnce(ids);
    await ownership.release();
    await recorder.close();
  }, 60_000);

  it('lacks nothing when the recorder goes and comes again while requests go on', async () => {
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner);
    for (let life = 0; life < 3; life += 1) {
      const recorder = await record();
      await load.more(60);
      await recorder.close();
      await load.more(20);
    }
    const ids = await load.stop();
    expect(await storage.outbox.waiting()).toBeGreaterThan(0);
    const last = await record();
    await expectEachOnce(ids);
    await ownership.release();
    await last.close();
  }, 60_000);

  it('waits in the outbox while the broker is dead, requests go on, and it catches up after', async () => {
    const recorder = await record();
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner);
    await load.more(50);
    await kafka.kill(1);
    const before = load.ids.length;
    await load.more(200);
    expect(await storage.outbox.waiting()).toBeGreaterThan(2 * (load.ids.length - before) - 20);
    await kafka.restart(1);
    await load.more(50);
    await expectEachOnce(await load.stop());
    await ownership.release();
    await recorder.close();
  }, 90_000);

  it('can be waited for by a recorder that starts, and stops, while no broker answers', async () => {
    await (await record()).close();
    await kafka.kill(1);
    const unlucky = await record();
    const ownership = await storage.holdOwnership();
    const load = new Load(storage, ownership.owner);
    await load.more(50);
    await unlucky.close();
    const recorder = await record();
    await kafka.restart(1);
    await until(
      'the ledger takes events',
      async () => ((await storage.ledger.logs()).find(({ tenant }) => tenant === 'local')?.size ?? 0) > 0,
    );
    await expectEachOnce(await load.stop());
    await ownership.release();
    await recorder.close();
  }, 90_000);
});
