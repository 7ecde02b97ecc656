import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TOOLS = join(__dirname, '..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'medserve-supply-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(tool: string, args: string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, npm_execpath: undefined, ...environment };
  return spawnSync(process.execPath, [join(TOOLS, tool), ...args], { encoding: 'utf8', env });
}

describe('the list of licences', () => {
  function check(...components: { name: string; group?: string; licences: string[] }[]) {
    const file = join(folder, 'sbom.json');
    const written = components.map(({ licences, ...component }) => ({
      ...component,
      version: '1.0.0',
      licenses: licences.map((text) => (text.includes(' ') ? { expression: text } : { license: { id: text } })),
    }));
    writeFileSync(file, JSON.stringify({ components: written }));
    const { status, stderr } = run('licences.mjs', [file]);
    return { status, problems: stderr.split('\n').filter((line) => line !== '') };
  }
  const licensed = (...licences: string[]) => check({ name: 'a', licences });

  it('takes permissive licences, and a choice or a sum of them', () => {
    for (const text of [
      'MIT',
      '0BSD',
      '(MIT OR GPL-3.0-only)',
      'GPL-2.0-only OR (MIT AND ISC)',
      'MIT AND Apache-2.0',
    ]) {
      expect(licensed(text)).toEqual({ status: 0, problems: [] });
    }
  });

  it.each([
    ['GPL-3.0-only'],
    ['AGPL-3.0-or-later'],
    ['LGPL-3.0-or-later'],
    ['MIT AND GPL-3.0-only'],
    ['UNLICENSED'],
    ['(MIT'],
    ['MIT OR'],
  ])('refuses %s', (text) => {
    expect(licensed(text).status).toBe(1);
  });

  it('is kept by what a page is bundled of, too', async () => {
    const { bundledOf } = (await import('./bundled.mjs')) as {
      bundledOf: (markdown: string) => { name: string; group?: string; version: string; licenses: object[] }[];
    };
    const told = '# Licenses\n\n## @a/b - 3.1.7 (MIT)\n\nText (c)\n\n## c - 1.0.0 (GPL-3.0-only)\n';
    expect(bundledOf(told)).toEqual([
      { group: '@a', name: 'b', version: '3.1.7', licenses: [{ expression: 'MIT' }] },
      { name: 'c', version: '1.0.0', licenses: [{ expression: 'GPL-3.0-only' }] },
    ]);
    const file = join(folder, 'sbom.json');
    writeFileSync(file, JSON.stringify({ components: bundledOf(told) }));
    expect(run('licences.mjs', [file]).stderr).toContain('c 1.0.0');
  });

  it('takes no exception for its licence, and no second licence for none', () => {
    expect(licensed('Apache-2.0 WITH LLVM-exception').status).toBe(1);
    expect(licensed('MIT', 'GPL-3.0-only').status).toBe(1);
    expect(licensed()).toEqual({ status: 1, problems: ['licence not on the list: a 1.0.0: says no licence'] });
  });

  it('takes the LGPL for the native libraries that sharp loads, and for nothing else', () => {
    const licences = ['LGPL-3.0-or-later'];
    expect(check({ group: '@img', name: 'sharp-libvips-linux-x64', licences }).status).toBe(0);
    expect(check({ name: '@img/sharp-win32-x64', licences: ['Apache-2.0 AND LGPL-3.0-or-later'] }).status).toBe(0);
    expect(check({ name: 'sharp-libvips', licences }).status).toBe(1);
  });
});

describe('this project', () => {
  it('has a bill of materials, in which every licence is on the list', () => {
    const file = join(folder, 'sbom.json');
    expect(run('sbom.mjs', [file]).status).toBe(0);
    const bill = JSON.parse(readFileSync(file, 'utf8')) as { bomFormat: string; components: { name: string }[] };
    expect(bill.bomFormat).toBe('CycloneDX');
    expect(bill.components.map(({ name }) => name)).toEqual(expect.arrayContaining(['fastify', 'onnxruntime-node']));
    expect(bill.components.map(({ name }) => name)).not.toContain('jest');
    expect(run('licences.mjs', [file])).toMatchObject({ status: 0, stderr: '' });
  }, 60_000);
});

describe('the audit', () => {
  /** With an npm that answers this. */
  function audit(answer: string) {
    const npm = join(folder, 'npm.cjs');
    writeFileSync(npm, `process.stdout.write(${JSON.stringify(answer)});`);
    return run('audit.mjs', [], { npm_execpath: npm });
  }
  const counted = (high: number, vulnerabilities = {}) =>
    JSON.stringify({ vulnerabilities, metadata: { vulnerabilities: { low: 3, high, critical: 0 } } });

  it('passes when nothing grave is known, and names what is', () => {
    expect(audit(counted(0))).toMatchObject({ status: 0, stderr: '' });
    const bad = audit(
      counted(1, { x: { name: 'x', severity: 'high', range: '<2' }, y: { name: 'y', severity: 'low' } }),
    );
    expect(bad).toMatchObject({ status: 1, stderr: 'audit: x <2: high\n' });
  });

  it.each([
    ['refuses the question', JSON.stringify({ message: '405 Method Not Allowed', error: { summary: '' } })],
    ['cannot be reached', JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'no network' } })],
    ['gives nonsense', '<html>'],
  ])('says loudly that nothing was checked when the registry %s', (_, answer) => {
    const { status, stdout, stderr } = audit(answer);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('NOT CHECKED');
  });
});
