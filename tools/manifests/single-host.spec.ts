import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { composeProblems } from './compose.mjs';
import { documentsOf } from './documents.mjs';
import { imagesOf } from './images.mjs';
import { appOf, mistakesFor, unknownTo } from './testing/services';

/* oxlint-disable typescript/no-explicit-any -- a file whose shape is checked by its schema */
const ROOT = join(__dirname, '../..');
const COMPOSE = join(ROOT, 'deploy/compose');
const [compose] = documentsOf(readFileSync(join(COMPOSE, 'compose.yaml'), 'utf8'), { merge: true }) as any[];
const services = Object.entries<any>(compose.services).filter(([, { command }]) => appOf(command) !== undefined);

/** Values come with a usual one where whoever runs it may say another. */
const usual = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('one host with containers', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-compose-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const makeSecrets = (into: string) =>
    spawnSync(process.execPath, [join(COMPOSE, 'make-secrets.mjs'), '--into', into], { encoding: 'utf8' });

  it('is described as Compose wants it, and the files that it names are there', () => {
    expect(composeProblems(ROOT)).toEqual([]);
  });

  it.each(services)(
    '%s has variables that the service knows, with values that it takes',
    (_name, { command, environment, env_file: files = [] }) => {
      const app = appOf(command)!;
      const given = Object.fromEntries(
        Object.entries<string>(environment).map(([name, value]) => [name, usual(value)]),
      );
      if (files.length > 0) given['MEDSERVE_DATABASE_URL'] = 'postgres://user:password@postgres:5432/medserve';
      expect(unknownTo(app, Object.keys(given))).toEqual([]);
      expect(mistakesFor(app, given)).toEqual([]);
    },
  );

  it.each(services)(
    '%s may write nowhere but to /tmp and to the studies, and may do nothing that a user may not',
    (_name, service) => {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      for (const volume of service.volumes ?? []) expect(volume).toMatch(/:ro$|^studies:/);
    },
  );

  it.each(services)('%s is not killed before what runs in it may end', (_name, { environment, stop_grace_period }) => {
    const waits = Number(environment['MEDSERVE_DRAIN_MS']) + Number(environment['MEDSERVE_DRAIN_SETTLE_MS'] ?? 0);
    // What Docker waits where nobody says.
    const [, graceSeconds] = /^(\d+)s$/.exec(stop_grace_period ?? '10s')!;
    expect(1_000 * Number(graceSeconds)).toBeGreaterThanOrEqual(waits + 15_000);
  });

  it('keeps its secrets, and what a host says of itself, out of git', () => {
    const kept = readFileSync(join(COMPOSE, '.gitignore'), 'utf8').split('\n');
    expect(kept).toEqual(expect.arrayContaining(['/secrets/', '/.env']));
  });

  it('has every secret that it mounts, each readable by its owner alone, and never makes a second set', () => {
    const into = join(folder, 'secrets');
    expect(makeSecrets(into)).toMatchObject({ status: 0 });
    const named = [
      ...Object.values<any>(compose.secrets).map(({ file }) => file),
      ...Object.values<any>(compose.services).flatMap(({ volumes = [], env_file: files = [] }) => [
        ...volumes
          .filter((volume: string) => volume.startsWith('./secrets'))
          .map((volume: string) => volume.split(':')[0]),
        ...files.map(({ path }: any) => path),
      ]),
    ].map((path: string) => join(into, path.replace(/^(?:\.\/)?secrets/, '')));
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
    const files = readdirSync(into, { recursive: true, encoding: 'utf8' })
      .map((path) => join(into, path))
      .filter((path) => statSync(path).isFile());
    const open = files.filter((path) => !/\.crt$/.test(path) && (statSync(path).mode & 0o077) !== 0);
    expect(open).toEqual([]);

    const before = readFileSync(join(into, 'keys/pepper'));
    expect(makeSecrets(into)).toMatchObject({ status: 1, stderr: expect.stringContaining('Nothing was changed') });
    expect(readFileSync(join(into, 'keys/pepper')).equals(before)).toBe(true);
  });
});

describe('the images', () => {
  it('have an entry for every command of a manifest', () => {
    for (const [, { command }] of services)
      expect(existsSync(join(ROOT, 'apps', basename(command.at(-1), '.js'), 'src', 'main.ts'))).toBe(true);
  });

  it('are listed with those that are volumes', () => {
    const text =
      'spec: { initContainers: [{ image: b }], containers: [{ image: a }, { image: b }], volumes: [{ image: { reference: c } }] }\n---\nspec: { imageName: d }';
    expect(imagesOf(text)).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([
    ['nobody says which database', {}, 'MEDSERVE_DATABASE_URL has to name the database'],
    [
      'the database is not there',
      { MEDSERVE_DATABASE_URL: 'postgres://owner:hidden-word@127.0.0.1:1/none' },
      'the schema was not changed',
    ],
  ])('the migration ends with 1 when %s, and tells no password', (_why, env, words) => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'deploy/images/migrate.cjs')], {
      encoding: 'utf8',
      env,
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(words) });
    expect(stderr).not.toContain('hidden-word');
  });
});
