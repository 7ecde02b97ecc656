import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Caller } from '../support/caller';
import { Platform, runMedserve, until } from '../support/platform';
import { descendants, isAlive, processesWith } from '../support/processes';
import { syntheticSlice } from '../support/synthetic';

const pidOf = (platform: Platform, part: string): number => {
  const found = descendants(platform.ready.pid).find(({ command }) => command.includes(part));
  if (found === undefined) throw new Error(`no process of ${part}`);
  return found.pid;
};

describe('deaths', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'medserve-deaths-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it('leaves no process behind after Ctrl-C, exits 0, and starts again on its data', async () => {
    const first = await Platform.start({ shape: 'split', home });
    const { json } = await new Caller(first.ready).infer(syntheticSlice(), 'application/dicom');
    const family = descendants(first.ready.pid);
    expect(family.length).toBeGreaterThan(4);
    expect(await first.stop()).toBe(0);
    expect(family.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(processesWith(home)).toEqual([]);
    const second = await Platform.start({ shape: 'single', home });
    expect(await new Caller(second.ready).events(String(json['id']))).toEqual(['accepted', 'completed']);
    expect((await new Caller({ ...second.ready, key: first.ready.key }).call('/v1/models')).status).toBe(401);
    await second.stop();
  }, 120_000);

  it('recovers from a killed supervisor: nothing serves on, the next start works, the ledger is whole', async () => {
    const first = await Platform.start({ shape: 'single', home });
    await new Caller(first.ready).infer(syntheticSlice(), 'application/dicom');
    const family = descendants(first.ready.pid).filter(
      ({ command }) => command.includes('medserve') || command.includes('dist'),
    );
    await first.kill();
    await until('the services notice', () => family.every(({ pid }) => !isAlive(pid)), 15_000);
    const second = await Platform.start({ shape: 'single', home });
    expect((await new Caller(second.ready).infer(syntheticSlice(), 'application/dicom')).status).toBe(200);
    expect((await runMedserve('audit', 'verify', '--home', home)).status).toBe(0);
    await second.stop();
    expect((await runMedserve('audit', 'verify', '--home', home)).status).toBe(0);
  }, 120_000);

  it('brings a killed service back', async () => {
    const platform = await Platform.start({ shape: 'split', home });
    const caller = new Caller(platform.ready);
    await caller.infer(syntheticSlice(), 'application/dicom');
    for (const service of ['dist/router.js', 'dist/recorder.js', 'dist/inference.js', 'dist/gateway.js']) {
      process.kill(pidOf(platform, service), 'SIGKILL');
      await until(`${service} serves again`, async () => {
        const reply = await caller.infer(syntheticSlice(), 'application/dicom').catch(() => undefined);
        return reply?.status === 200;
      });
    }
    await platform.stop();
    expect((await runMedserve('audit', 'verify', '--home', home)).status).toBe(0);
  }, 180_000);
});
