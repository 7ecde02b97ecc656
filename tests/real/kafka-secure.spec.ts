/**
 * Events over brokers that want TLS and a login, as those of a hospital do. Whoever is not to be believed, on either side, gets
 * no events: they wait in the outbox, the failure is told in words of ours, and they arrive once it is right. What the files hold
 * may be put right, or renewed, while the recorder runs.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { recorderService } from '@medserve/app-recorder';
import { describeTopic, KafkaBus } from '@medserve/events';
import { loadSettings, noopInstruments, type Logger } from '@medserve/runtime';
import { CertificateAuthority, writeCertificate } from '@medserve/security';
import { openStorage, type Ownership, type Storage } from '@medserve/storage';
import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { until } from '../support/platform';
import { describeReal } from './is-real';
import { KafkaCluster } from './kafka-cluster';
import { writeDoors } from './kafka-doors';
import { ledgerEvents } from './ledger-events';
import { Load } from './load';

const UNTRUSTED = 'no authority in ca.crt vouches for the broker; nothing is sent to it';
const OTHER_NAME = 'the certificate of the broker is for another name; nothing is sent to it';
const NOT_LET_IN = 'the broker does not let us in: it wants a certificate, or another one';
const REFUSED = 'the broker refused the login';

const secret = (): string => randomBytes(18).toString('base64url');

describeReal('a Kafka with TLS and logins', () => {
  const right = { user: 'recorder', password: secret() };
  const wrong = secret();
  let folder: string;
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let kafka: KafkaCluster;
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;
  let ownership: Ownership;
  let load: Load;
  let topic: string;
  /** The recorder's own folder. */
  let place: string;
  let told: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-kafka-tls-'));
    [authority, stranger] = await Promise.all([
      CertificateAuthority.create('a hospital', 1),
      CertificateAuthority.create('a stranger', 1),
    ]);
    const doors = await writeDoors(folder, authority, right);
    [kafka, server] = await Promise.all([KafkaCluster.start(1, doors), startTestServer()]);
  }, 90_000);

  afterAll(async () => {
    await server.stop();
    await kafka.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  beforeEach(async () => {
    topic = `secure-${randomUUID()}`;
    place = mkdtempSync(join(folder, 'recorder-'));
    told = [];
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'real' });
    // Made over the plain listener, so that it can be looked at whether anything was written.
    await (await KafkaBus.connect({ brokers: kafka.brokers, topic, log: () => undefined })).close();
    ownership = await storage.holdOwnership();
    load = new Load(storage, ownership.owner);
  }, 30_000);

  afterEach(async () => {
    await load.stop();
    await ownership.release();
    await storage.close();
    await database.close();
    // Whatever happened: nobody reads the password in a log.
    expect(told.filter((line) => line.includes(right.password) || line.includes(wrong))).toEqual([]);
  }, 30_000);

  const note =
    (level: string): Logger['warn'] =>
    (message, fields) => {
      told.push(`${level} ${message} ${inspect(fields, { depth: 8 })}`);
    };
  const logger: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };

  /** A recorder that is set up as an operator does it. */
  const record = (door: string, environment: Readonly<Record<string, string>>) =>
    recorderService.start(
      loadSettings(recorderService.settings, {
        MEDSERVE_DATABASE_URL: database.url,
        MEDSERVE_LEDGER_KEY_FILE: join(place, 'ledger'),
        MEDSERVE_KAFKA_BROKERS: kafka.doors[door],
        MEDSERVE_KAFKA_TOPIC: topic,
        ...environment,
      }),
      { logger, instruments: noopInstruments(), drainMs: 5_000 },
    );

  const believe = (whom: CertificateAuthority): void => {
    writeFileSync(join(place, 'ca.crt'), whom.certificate);
  };
  const proveBy = async (whom: CertificateAuthority): Promise<void> => {
    writeCertificate(place, authority.certificate, await whom.issue({ name: 'recorder', days: 1 }));
  };
  const say = (password: string): void => {
    writeFileSync(join(place, 'password'), `${password}\n`, { mode: 0o600 });
  };
  const tls = () => ({ MEDSERVE_KAFKA_TLS_DIR: place });
  const login = () => ({
    MEDSERVE_KAFKA_USER: right.user,
    MEDSERVE_KAFKA_PASSWORD_FILE: join(place, 'password'),
  });

  const written = async (): Promise<number> =>
    (await describeTopic(kafka.brokers, topic)).reduce((sum, { end }) => sum + end, 0);

  async function expectEachOnce(): Promise<void> {
    const ids = await load.stop();
    await storage.ledger.caughtUp({ timeoutMs: 60_000 });
    expect(await ledgerEvents(database)).toEqual(new Map(ids.map((id) => [id, ['accepted', 'completed']])));
    expect(await written()).toBeGreaterThanOrEqual(2 * ids.length);
  }

  async function expectRefusal(sentence: string): Promise<void> {
    await load.more(20);
    await until(sentence, () => told.some((line) => line.startsWith(`warn kafka: ${sentence} `)));
    const ids = await load.stop();
    expect(await written()).toBe(0);
    expect(await storage.outbox.waiting()).toBe(2 * ids.length);
  }

  describe('brings every event into the ledger', () => {
    beforeEach(() => {
      believe(authority);
      say(right.password);
    });

    it.each([
      ['over TLS', 'TLS', () => tls()],
      ['over TLS with a login by SCRAM-SHA-512', 'LOGIN', () => ({ ...tls(), ...login() })],
      [
        'over TLS with a login by SCRAM-SHA-256',
        'LOGIN',
        () => ({ ...tls(), ...login(), MEDSERVE_KAFKA_SASL: 'scram-sha-256' }),
      ],
      ['over TLS with a plain login', 'LOGIN', () => ({ ...tls(), ...login(), MEDSERVE_KAFKA_SASL: 'plain' })],
      ['in the clear with a login by SCRAM-SHA-512', 'CLEAR', () => login()],
    ])(
      '%s',
      async (_name, door, environment) => {
        const recorder = await record(door, environment());
        await load.more(50);
        await expectEachOnce();
        await recorder.close();
      },
      60_000,
    );

    it('over TLS, with a certificate of its own', async () => {
      await proveBy(authority);
      const recorder = await record('MUTUAL', tls());
      await load.more(50);
      await expectEachOnce();
      await recorder.close();
    }, 60_000);
  });

  describe('keeps the events back, says why, and brings them when it is right, though not started again,', () => {
    it('from a broker of which another authority is believed', async () => {
      believe(stranger);
      const recorder = await record('TLS', tls());
      await expectRefusal(UNTRUSTED);
      believe(authority);
      await expectEachOnce();
      await recorder.close();
    }, 60_000);

    it('from a broker that wants a certificate, without one', async () => {
      believe(authority);
      const recorder = await record('MUTUAL', tls());
      await expectRefusal(NOT_LET_IN);
      await proveBy(authority);
      await expectEachOnce();
      await recorder.close();
    }, 60_000);

    it('from a broker that does not believe our certificate', async () => {
      await proveBy(stranger);
      const recorder = await record('MUTUAL', tls());
      await expectRefusal(NOT_LET_IN);
      await proveBy(authority);
      await expectEachOnce();
      await recorder.close();
    }, 60_000);

    it.each(['scram-sha-512', 'plain'])(
      'from a broker that was told a wrong password (%s)',
      async (mechanism) => {
        believe(authority);
        say(wrong);
        const recorder = await record('LOGIN', { ...tls(), ...login(), MEDSERVE_KAFKA_SASL: mechanism });
        await expectRefusal(REFUSED);
        say(right.password);
        await expectEachOnce();
        await recorder.close();
      },
      60_000,
    );

    it.each([
      [
        'is told a wrong password',
        REFUSED,
        () => {
          say(wrong);
        },
      ],
      [
        'is not believed any more',
        UNTRUSTED,
        () => {
          believe(stranger);
        },
      ],
    ])(
      'from a broker that came back and %s',
      async (_name, sentence, spoil) => {
        const mend = (): void => {
          believe(authority);
          say(right.password);
        };
        mend();
        const recorder = await record('LOGIN', { ...tls(), ...login() });
        await load.more(20);
        await until('events are written', async () => (await written()) > 0);
        spoil();
        await kafka.kill(1);
        await kafka.restart(1);
        await load.more(20);
        await until(sentence, () => told.some((line) => line.startsWith(`warn kafka: ${sentence} `)));
        await expect(storage.ledger.caughtUp({ timeoutMs: 500 })).rejects.toMatchObject({ reason: 'unavailable' });
        mend();
        await expectEachOnce();
        await recorder.close();
      },
      90_000,
    );
  });

  it('keeps the events from a broker that stands under another name than its certificate', async () => {
    believe(authority);
    const misled = await record('ELSEWHERE', tls());
    await expectRefusal(OTHER_NAME);
    await misled.close();
    const recorder = await record('TLS', tls());
    await expectEachOnce();
    await recorder.close();
  }, 60_000);
});
