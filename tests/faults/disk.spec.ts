/** Faults of the disk: F44 and F70 of the catalogue (docs/faults.md). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withConnection } from '@medserve/storage';
import { Caller, type Reply } from '../support/caller';
import { needs } from '../support/needs';
import { Platform, runMedserve, until } from '../support/platform';
import { SmallDisk } from '../support/privileges';
import { syntheticSlice } from '../support/synthetic';
import { ends, expectInvariants, Witness } from './invariants';

jest.setTimeout(180_000);

const image = syntheticSlice();
const DISK_MB = 256;

needs('a disk of limited size (tmpfs)', () => {
  SmallDisk.probe();
})('a disk that is full', () => {
  const witness = new Witness();
  let disk: SmallDisk;
  let platform: Platform;

  beforeAll(async () => {
    disk = new SmallDisk(DISK_MB);
    platform = await Platform.start({ shape: 'single', home: join(disk.folder, 'home'), ownServers: true });
  });
  afterAll(async () => {
    await platform.stop();
    disk.remove();
  });

  const ask = async (): Promise<Reply | undefined> => {
    const asked = new Caller(platform.ready).infer(image, 'application/dicom', { deadlineMs: '5000' });
    const reply = await ends(
      'a request',
      asked.catch(() => undefined),
      60_000,
    );
    witness.saw(reply);
    return reply;
  };

  it('F44, F70: of the home and the database: requests are refused, nothing is lost, and they are answered again when there is room', async () => {
    const running = JSON.parse(readFileSync(join(platform.ready.home, 'running.json'), 'utf8')) as {
      databaseUrl: string;
    };
    const { databaseUrl } = running;
    expect((await ask())?.status).toBe(200);
    disk.fill();
    // The log that is open has room in itself: the next one has none, and the server ends rather than lie.
    await withConnection(databaseUrl, (sql) => sql.query('SELECT pg_switch_wal()')).catch(() => undefined);
    await until('requests are refused', async () => (await ask())?.status !== 200, 60_000);
    disk.free();
    await until('requests are answered again', async () => (await ask())?.status === 200, 90_000);
    const verify = async (): Promise<unknown> =>
      JSON.parse((await runMedserve('audit', 'verify', '--json', '--home', platform.ready.home)).stdout) as unknown;
    await expectInvariants({ databaseUrl, verify }, witness);
  });
});
