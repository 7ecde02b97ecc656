/**
 * A thousand requests through a platform on a real PostgreSQL and a real Kafka, eight at a time, while model hosts, the
 * inference pod and the platform itself are killed (-9) in an order that the seed decides. Whatever dies: what a caller was
 * told stands in the ledger, every accepted request has one ending, and the ledger holds together.
 *
 * MEDSERVE_TEST_REQUESTS (1000) is the number of requests, MEDSERVE_TEST_SEED (1) another order of kills.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@medserve/runtime/failpoints';
import { withConnection } from '@medserve/storage';
import { Caller } from '../support/caller';
import { Platform, runMedserve, until } from '../support/platform';
import { descendants } from '../support/processes';
import { realServersFor } from '../support/real-servers';
import { hasSharedData, sharedFile } from '../support/shared-data';
import { syntheticSlice } from '../support/synthetic';
import { insist } from '../support/insistent-client';
import { describeReal } from './is-real';
import { ledgerEvents } from './ledger-events';
import { shuffled } from './shuffled';

const REQUESTS = Number(process.env['MEDSERVE_TEST_REQUESTS'] ?? 1000);
const SEED = Number(process.env['MEDSERVE_TEST_SEED'] ?? 1);
const LANES = 8;

type Victim = 'host' | 'pod' | 'platform';
const VICTIMS: readonly Victim[] = [
  'host',
  'host',
  'host',
  'host',
  'pod',
  'pod',
  'pod',
  'platform',
  'platform',
  'platform',
];

/** The process to kill, or none while it is being started again. */
function find(victim: Victim, supervisor: number, random: () => number): number | undefined {
  const family = descendants(supervisor);
  const pod = family.find(({ command }) => command.includes(join('dist', 'inference.js')))?.pid;
  switch (victim) {
    case 'platform':
      return family.find(({ command }) => command.includes(join('dist', 'platform.js')))?.pid;
    case 'pod':
      return pod;
    case 'host': {
      const hosts = pod === undefined ? [] : descendants(pod);
      return hosts[Math.floor(random() * hosts.length)]?.pid;
    }
  }
}

describeReal(`${String(REQUESTS)} requests with random kills, seed ${String(SEED)}`, () => {
  let home: string;
  let platform: Platform;
  let databaseUrl: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'medserve-kills-'));
    databaseUrl = (await realServersFor(home))['MEDSERVE_DATABASE_URL'] ?? '';
    platform = await Platform.start({ shape: 'single', home });
  }, 90_000);

  afterAll(async () => {
    await platform.stop();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  it('are all answered, each has one ending in the ledger, and the ledger is whole', async () => {
    const caller = new Caller(platform.ready);
    const image = hasSharedData ? sharedFile('dicom', 'CT_small.dcm') : syntheticSlice();
    const random = seededRandom(SEED);
    const kills = shuffled(VICTIMS, random);
    const answered: string[] = [];
    let next = 0;
    let sent = 0;
    let isOver = false;

    const lane = async (): Promise<void> => {
      while (next < REQUESTS) {
        const answer = await insist(caller, image, `request-${String(next++)}`);
        answered.push(answer.id);
        sent += answer.sent;
      }
    };
    const killer = async (): Promise<void> => {
      for (const [at, victim] of kills.entries()) {
        const due = Math.floor((REQUESTS * (at + 0.5)) / kills.length);
        await until(`${String(due)} answers`, () => isOver || answered.length >= due, 60_000);
        if (isOver) return;
        await until(`a ${victim} to kill`, () => {
          const pid = find(victim, platform.ready.pid, random);
          if (pid !== undefined) process.kill(pid, 'SIGKILL');
          return pid !== undefined;
        });
      }
    };
    const killing = killer();
    killing.catch(() => undefined);
    await Promise.race([
      Promise.all(Array.from({ length: LANES }, lane)),
      killing.then(() => new Promise(() => undefined)),
    ]);
    isOver = true;
    await killing;

    expect(new Set(answered).size).toBe(REQUESTS);
    await until('every request has ended', () =>
      withConnection(databaseUrl, async (sql) => {
        const { rows } = await sql.query<{ open: string }>(
          "SELECT count(*) AS open FROM request WHERE status = 'accepted'",
        );
        return rows[0]?.open === '0';
      }),
    );
    const said = await runMedserve('audit', 'verify', '--json', '--home', home);
    expect(said.stderr).toBe('');
    expect(JSON.parse(said.stdout)).toMatchObject({ problems: [], waiting: 0 });

    const events = await ledgerEvents({ superuser: (work) => withConnection(databaseUrl, work) });
    for (const id of answered) expect(events.get(id)).toEqual(['accepted', 'completed']);
    const endings = new Map<string, number>();
    for (const [first, ending = '', ...more] of events.values()) {
      expect([first, more]).toEqual(['accepted', []]);
      expect(['completed', 'failed', 'cancelled', 'abandoned']).toContain(ending);
      endings.set(ending, (endings.get(ending) ?? 0) + 1);
    }
    console.log(
      `${String(REQUESTS)} answers to ${String(sent)} sendings through ${String(kills.length)} kills; endings in the ledger:`,
      Object.fromEntries(endings),
    );
  }, 300_000);
});
