/**
 * Promise 7: every accepted request is audited exactly once, whatever dies. Requests through a platform of separate processes on a real
 * Kafka broker and a real PostgreSQL, eight at a time, while gateway, router, model hosts, recorder, broker and database are killed
 * (-9) in an order that the seed decides: each request has exactly one ACCEPTED and one ending, nothing was answered without a
 * record of just these bytes, the log verifies, the outbox is empty.
 *
 * The whole promise, by hand, takes 10 minutes or so:
 * `MEDSERVE_TEST_REQUESTS=20000 MEDSERVE_TEST_KILLS=30 npm run test:real -- -- tests/real/every-part-kills`. MEDSERVE_TEST_SEED (1) is
 * another order of kills.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@medserve/runtime/failpoints';
import { expectInvariants, rowsOf, Witness } from '../faults/invariants';
import { Caller } from '../support/caller';
import { insist } from '../support/insistent-client';
import { Platform, runMedserve, until } from '../support/platform';
import { descendants, isAlive } from '../support/processes';
import { syntheticSlice } from '../support/synthetic';
import { describeReal } from './is-real';
import { KafkaCluster } from './kafka-cluster';
import { shuffled } from './shuffled';

const REQUESTS = Number(process.env['MEDSERVE_TEST_REQUESTS'] ?? 600);
const KILLS = Number(process.env['MEDSERVE_TEST_KILLS'] ?? 12);
const SEED = Number(process.env['MEDSERVE_TEST_SEED'] ?? 1);
const LANES = 8;
const BROKER_AWAY_MS = 3_000;
const NEXT_ANSWER_WITHIN_MS = 120_000;

const VICTIMS = ['gateway', 'router', 'host', 'recorder', 'broker', 'database'] as const;
type Victim = (typeof VICTIMS)[number];

describeReal(`${String(REQUESTS)} requests with ${String(KILLS)} kills of every part, seed ${String(SEED)}`, () => {
  let home: string;
  let kafka: KafkaCluster;
  let platform: Platform;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'medserve-every-part-'));
    kafka = await KafkaCluster.start(1);
    const environment = { MEDSERVE_KAFKA_BROKERS: kafka.brokers.join(','), MEDSERVE_KAFKA_TOPIC: 'every-part' };
    platform = await Platform.start({ shape: 'split', home, ownServers: true, environment });
  }, 180_000);

  afterAll(async () => {
    await platform.stop();
    await kafka.stop();
    rmSync(home, { recursive: true, force: true });
  }, 120_000);

  const random = seededRandom(SEED);

  /** The process to kill, or none while it is being started again. */
  function find(victim: Exclude<Victim, 'broker'>): number | undefined {
    if (victim === 'database') {
      const file = join(home, 'postgres', 'cluster', 'data', 'postmaster.pid');
      const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
      return isAlive(pid) ? pid : undefined;
    }
    const family = descendants(platform.ready.pid);
    const pidOf = (app: string) => family.find(({ command }) => command.includes(join('dist', `${app}.js`)))?.pid;
    if (victim !== 'host') return pidOf(victim);
    const pod = pidOf('inference');
    const hosts = pod === undefined ? [] : descendants(pod);
    return hosts[Math.floor(random() * hosts.length)]?.pid;
  }

  async function kill(victim: Victim): Promise<void> {
    if (victim === 'broker') {
      await kafka.kill(1);
      await new Promise((resolve) => setTimeout(resolve, BROKER_AWAY_MS));
      await kafka.restart(1);
      return;
    }
    await until(`a ${victim} to kill`, () => {
      const pid = find(victim);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      return pid !== undefined;
    });
  }

  it(
    'are all answered, each is on record exactly once, and the ledger is whole',
    async () => {
      const caller = new Caller(platform.ready);
      const witness = new Witness();
      const image = syntheticSlice();
      const kills = shuffled(
        Array.from({ length: KILLS }, (_, index) => VICTIMS[index % VICTIMS.length]!),
        random,
      );
      const beganAt = performance.now();
      let answered = 0;
      let sent = 0;
      let next = 0;
      let isOver = false;
      const lane = async (): Promise<void> => {
        while (next < REQUESTS) {
          const answer = await insist(caller, image, `request-${String(next++)}`);
          witness.saw(answer.reply);
          answered += 1;
          sent += answer.sent;
        }
      };
      const killer = async (): Promise<void> => {
        for (const [at, victim] of kills.entries()) {
          const due = Math.floor((REQUESTS * (at + 0.5)) / kills.length);
          await until(`${String(due)} answers`, () => isOver || answered >= due, NEXT_ANSWER_WITHIN_MS);
          if (isOver) return;
          await kill(victim);
          const seconds = ((performance.now() - beganAt) / 1_000).toFixed(0);
          process.stdout.write(`${seconds} s, ${String(answered)} answers: killed the ${victim}\n`);
        }
      };
      const killing = killer();
      const failed = killing.then(() => new Promise<never>(() => undefined));
      await Promise.race([Promise.all(Array.from({ length: LANES }, lane)), failed]);
      isOver = true;
      await killing;

      expect(new Set(witness.ids).size).toBe(REQUESTS);
      const { databaseUrl } = JSON.parse(readFileSync(join(home, 'running.json'), 'utf8')) as { databaseUrl: string };
      const verify = async (): Promise<unknown> => {
        const said = await runMedserve('audit', 'verify', '--json', '--home', home);
        if (said.stdout === '') throw new Error(said.stderr);
        return JSON.parse(said.stdout) as unknown;
      };
      await expectInvariants({ databaseUrl, verify }, witness);
      const endings = await rowsOf(
        databaseUrl,
        'SELECT status, count(*)::int FROM request GROUP BY status ORDER BY status',
      );
      const seconds = ((performance.now() - beganAt) / 1_000).toFixed(0);
      console.log(
        `${String(REQUESTS)} answers to ${String(sent)} sendings through ${String(kills.length)} kills in ${seconds} s; ends:`,
        JSON.stringify(endings),
      );
    },
    120_000 + REQUESTS * 150 + KILLS * 30_000,
  );
});
