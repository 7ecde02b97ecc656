import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RecipeAsk, Recipe } from '../../apps/console/src/recipes/ask';
import { recipesOf } from '../../apps/console/src/recipes/recipes';
import { Platform, ROOT } from '../support/platform';
import { syntheticSeries } from '../support/synthetic';

/** Names that a shell, a form or a language would take for something else. */
const HOSTILE = [
  "it's a $(touch owned) `touch owned`; scan.dcm",
  '-x "quoted" \\ ,type=text.dcm',
  'naïve \u202emcd.fles\u{1f9e0}.dcm',
  'folder of\nlines/IM 0001.dcm',
];

const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const hasPython = has('python3');
if (!hasPython) process.stdout.write('There is no python3 here: the recipe for it is not run.\n');

describe('the recipes of the console, pasted', () => {
  let platform: Platform;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-recipes-'));
    syntheticSeries(HOSTILE.length).forEach((slice, index) => {
      const file = join(folder, HOSTILE[index] ?? '');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, slice);
    });
    mkdirSync(join(folder, 'bin'));
    command('npx', `shift; exec '${process.execPath}' '${join(ROOT, 'bin', 'medserve.js')}' "$@"`);
    if (!has('grpcurl'))
      command('grpcurl', `exec '${process.execPath}' '${join(ROOT, 'tests/support/grpcurl.mjs')}' "$@"`);
    platform = await Platform.start({ shape: 'single' });
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    rmSync(folder, { recursive: true });
  }, 30_000);

  function command(name: string, script: string): void {
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  const RUNNERS: Readonly<Record<Recipe['id'], (recipe: string) => readonly [string, readonly string[]]>> = {
    curl: (recipe) => ['bash', ['-c', recipe]],
    grpcurl: (recipe) => ['bash', ['-c', recipe]],
    medserve: (recipe) => ['bash', ['-c', recipe]],
    python: (recipe) => ['python3', ['-c', recipe]],
    node: (recipe) => [process.execPath, ['--input-type=module', '-e', recipe]],
  };

  async function run(id: Recipe['id'], ask: RecipeAsk): Promise<{ status: unknown; out: string; err: string }> {
    const { url, key, grpc } = platform.ready;
    const recipe = recipesOf(ask, { url }).find((found) => found.id === id)?.text ?? '';
    expect(recipe).not.toContain(key);
    const [program, args] = RUNNERS[id](recipe);
    const PATH = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, PATH, MEDSERVE_KEY: key, MEDSERVE_GRPC: grpc },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = new Promise((resolve) => child.once('exit', resolve));
    const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    return { status, out, err };
  }

  const request = { task: 'measure', class: 'urgent' };
  const answered = /measurements|Tissue|tissue|[0-9] mL/;

  it.each<[Recipe['id'], boolean]>([
    ['curl', false],
    ['curl', true],
    ['node', false],
    ['node', true],
    ...(hasPython
      ? ([
          ['python', false],
          ['python', true],
        ] as [Recipe['id'], boolean][])
      : []),
    ['grpcurl', false],
    ['grpcurl', true],
    ['medserve', true],
  ])(
    '%s asks the same of files with hostile names (as a job: %s)',
    async (id, asJob) => {
      const { status, out, err } = await run(id, { files: HOSTILE, request, asJob });
      expect({ status, err: status === 0 ? '' : err }).toEqual({ status: 0, err: '' });
      expect(out).toMatch(answered);
      expect(existsSync(join(folder, 'owned'))).toBe(false);
    },
    60_000,
  );

  const ways: readonly Recipe['id'][] = ['curl', 'node', ...(hasPython ? (['python'] as const) : []), 'medserve'];
  it.each(ways.flatMap((id) => [false, true].map((asJob) => [id, asJob] as const)))(
    '%s says why it was refused (as a job: %s)',
    async (id, asJob) => {
      const { status, out, err } = await run(id, { files: HOSTILE, request: { task: "dance'; $(x)" }, asJob });
      expect(status).not.toBe(0);
      expect(out + err).toContain('There is no task of this name.');
    },
    60_000,
  );
});
