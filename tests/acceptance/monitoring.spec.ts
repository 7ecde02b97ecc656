/**
 * What is watched of models: two sites with a scanner each send images, one of them begins to send others, and that is told of that one
 * alone; a monitor that starts again goes on counting; and nothing of a patient, or of what a header says, is in what it shows or keeps.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withConnection } from '@medserve/storage';
import { dicomFile, image, words } from '@medserve/testkit';
import { Canaries } from '../support/canaries';
import { Caller } from '../support/caller';
import { Platform, runMedserve, until } from '../support/platform';

const LONG_MS = 300_000;
const ENVIRONMENT = {
  MEDSERVE_MONITOR_REFERENCE: '40',
  MEDSERVE_MONITOR_WINDOW: '40',
  MEDSERVE_MONITOR_LEAST: '20',
  MEDSERVE_MONITOR_LOOK_MS: '200',
};
const SIDE = 64;
const SITES = {
  north: { manufacturer: 'SIEMENS', model: 'SOMATOM Force', scanner: 'siemens:somatom' },
  south: { manufacturer: 'GE MEDICAL SYSTEMS', model: 'LightSpeed VCT', scanner: 'ge:lightspeed' },
};
type Site = keyof typeof SITES;

/** Numbers that look drawn, from 0 to 1, the same for the same seed (mulberry32). */
function drawer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('what is watched of models', () => {
  const canaries = new Canaries();
  const folder = mkdtempSync(join(tmpdir(), 'medserve-monitoring-'));
  const home = join(folder, 'home');
  let platform: Platform;
  const keys = new Map<Site, string>();
  let sent = 0;

  /** A CT slice of a round body in air, brighter by `shift`, with somebody's name wherever there is room for one. */
  function slice(site: Site, seed: number, shift: number): Buffer {
    const random = drawer(seed);
    const [x, radius, soft] = [26 + 12 * random(), 16 + 8 * random(), 1_040 + 100 * random()];
    const isBody = (at: number): boolean =>
      ((at % SIDE) - x) ** 2 + (Math.floor(at / SIDE) - SIDE / 2) ** 2 < radius ** 2;
    const pixels = Array.from({ length: SIDE * SIDE }, (_, at) => (isBody(at) ? soft + 60 * random() : 24) + shift);
    const name = (of: string): string => canaries.text(`${String(seed)}: ${of}`);
    return dicomFile(
      image(SIDE, SIDE, {
        0x00080060: ['CS', 'CT'],
        0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
        0x00080070: ['LO', SITES[site].manufacturer],
        0x00080080: ['LO', name('InstitutionName')],
        0x00081010: ['SH', name('StationName')],
        0x00081090: ['LO', seed % 50 === 0 ? name('ManufacturerModelName') : SITES[site].model],
        0x00100010: ['PN', name('PatientName')],
        0x00100020: ['LO', canaries.identifier(`${String(seed)}: PatientID`)],
        0x00181000: ['LO', name('DeviceSerialNumber')],
        0x00281052: ['DS', -1024],
        0x00281053: ['DS', 1],
        0x7fe00010: ['OW', words(...pixels)],
      }),
    );
  }

  const callerOf = (site: Site): Caller => new Caller({ url: platform.ready.url, key: keys.get(site) ?? '' });

  /** @returns the ids of the answers */
  async function send(site: Site, count: number, seed: number, shift = 0): Promise<string[]> {
    const ids: string[] = [];
    for (let at = 1; at <= count; at += 1) {
      const reply = await callerOf(site).infer(slice(site, seed + at, shift), 'application/dicom');
      expect(reply.status).toBe(200);
      ids.push(String(reply.json['id']));
    }
    sent += count;
    return ids;
  }

  /** The command, whose last words say why it failed. */
  async function command(...parameters: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await runMedserve(...parameters, '--home', home);
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }

  async function addSite(site: Site): Promise<void> {
    await command('sites', 'add', site, '--name', site);
    const scopes = ['infer', 'result:read', 'result:attest'].flatMap((scope) => ['--scope', scope]);
    const made = await command('keys', 'create', '--label', site, '--site', site, ...scopes, '--json');
    keys.set(site, (JSON.parse(made) as { key: string }).key);
  }

  const metrics = async (): Promise<string[]> => {
    const { bytes } = await new Caller(platform.ready).call('/metrics');
    return bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line.startsWith('medserve_monitor_'));
  };
  const total = (lines: readonly string[], name: string, having = ''): number =>
    lines
      .filter((line) => line.startsWith(`medserve_monitor_${name}{`) && line.includes(having))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  const counted = (): Promise<void> =>
    until(`${String(sent)} requests are counted`, async () => total(await metrics(), 'results_total') === sent, 60_000);
  const driftedSites = (lines: readonly string[]): Set<string> =>
    new Set(
      lines
        .filter((line) => line.startsWith('medserve_monitor_drifted{') && line.endsWith(' 1'))
        .map((line) => /site="([^"]*)"/.exec(line)?.[1] ?? ''),
    );

  beforeAll(async () => {
    platform = await Platform.start({ shape: 'single', home, environment: ENVIRONMENT });
    await addSite('north');
    await addSite('south');
  }, LONG_MS);

  afterAll(async () => {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it(
    'is counted by site and scanner, and has not drifted while nothing changes',
    async () => {
      await send('north', 75, 1_000);
      await send('south', 75, 2_000);
      await counted();
      const lines = await metrics();
      expect(total(lines, 'inputs_total', 'scanner="siemens:somatom"')).toBeGreaterThan(70);
      expect(total(lines, 'inputs_total', 'scanner="ge:lightspeed"')).toBeGreaterThan(70);
      expect(total(lines, 'inputs_total')).toBe(150);
      expect(total(lines, 'score_count')).toBe(150);
      expect(total(lines, 'run_seconds_total')).toBeGreaterThan(0);
      await until('both sites are compared', async () => total(await metrics(), 'window_samples') > 0);
      expect(driftedSites(await metrics())).toEqual(new Set());
    },
    LONG_MS,
  );

  it(
    'has drifted at the site whose images changed, and at no other',
    async () => {
      await send('south', 40, 3_000, 400);
      await send('north', 20, 4_000);
      await counted();
      await until('the change is seen', async () => driftedSites(await metrics()).size > 0);
      expect(driftedSites(await metrics())).toEqual(new Set(['south']));
      const stdout = await command('drift');
      expect(stdout).toMatch(/south +ge:lightspeed +input_mean +DRIFTED/);
      expect(stdout).not.toMatch(/north +\S+ +\S+ +DRIFTED/);
    },
    LONG_MS,
  );

  it(
    'is held against what people say of answers',
    async () => {
      const ids = await send('north', 25, 5_000);
      for (const [at, id] of ids.entries()) {
        const said = at % 5 === 0 ? { verdict: 'overridden', reason: 'wrong_finding' } : { verdict: 'attested' };
        const reply = await callerOf('north').call(`/v1/results/${id}/review`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: new Uint8Array(Buffer.from(JSON.stringify(said))),
        });
        expect(reply.status).toBe(201);
      }
      await until('they are counted', async () => total(await metrics(), 'reviewed_total') === ids.length);
      const error = async (): Promise<string[]> =>
        (await metrics()).filter((line) => line.startsWith('medserve_monitor_calibration_error{'));
      await until('the error is known', async () => (await error()).length > 0);
      expect(await error()).toEqual([expect.stringContaining('site="north"')]);
    },
    LONG_MS,
  );

  it(
    'is what it was after the monitor started again, killed or not, in whatever shape',
    async () => {
      await counted();
      // Labels in whatever order, sums of seconds to the microsecond.
      const sums = (lines: readonly string[]): string[] =>
        lines
          .map((line) => /^(\w+_(?:total|bucket|sum|count))\{(.*)\} (\S+)$/.exec(line))
          .filter((found) => found !== null)
          .map(
            ([, name, labels = '', value]) =>
              `${String(name)} ${labels.split(',').sort().join()} ${Number(value).toFixed(6)}`,
          )
          .sort();
      const before = sums(await metrics());
      await platform.kill();
      platform = await Platform.start({ shape: 'split', home, environment: ENVIRONMENT });
      await until('what was kept is shown', async () => sums(await metrics()).length >= before.length);
      expect(sums(await metrics())).toEqual(before);
      await send('south', 3, 6_000);
      await counted();
      expect(driftedSites(await metrics())).toEqual(new Set(['south']));
    },
    LONG_MS,
  );

  it('holds nothing of a patient, nor what a header says, in what it shows and keeps', async () => {
    expect(canaries.find(Buffer.from((await metrics()).join('\n')), '/metrics')).toEqual([]);
    const { databaseUrl } = JSON.parse(readFileSync(join(home, 'running.json'), 'utf8')) as { databaseUrl: string };
    const rows = await withConnection(databaseUrl, async (sql) => {
      const kept = ['total', 'series', 'answer'].map((name) => `SELECT t::text AS row FROM monitor_${name} AS t`);
      return (await sql.query<{ row: string }>(kept.join(' UNION ALL '))).rows;
    });
    expect(rows.length).toBeGreaterThan(sent);
    expect(rows.flatMap(({ row }) => canaries.find(Buffer.from(row), 'the monitor’s tables'))).toEqual([]);
    expect(await command('drift', '--json')).toContain('siemens:other');
  }, 60_000);
});
