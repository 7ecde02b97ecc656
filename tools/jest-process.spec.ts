import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startJest } from './jest-process.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medserve-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** In Jest's place: a program that writes results and then does as it is told. */
async function run(then: string, lingerMs = 60_000) {
  const written = join(folder, 'results.json');
  const program = `
    const { spawn } = require('node:child_process');
    const write = () => require('node:fs').writeFileSync(process.argv.at(-1).split('=')[1], '{"testResults":[]}');
    ${then}`;
  const said: string[] = [];
  const { outcome, end } = startJest([], {
    written,
    lingerMs,
    say: (text: string) => said.push(text),
    command: [process.execPath, '-e', program, '--'],
  });
  return { outcome, end, said };
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a run of Jest as a process', () => {
  it('ends with its status, and its results are read', async () => {
    const { outcome, said } = await run('write(); process.exitCode = 3;');
    expect(await outcome).toEqual({ code: 3, results: { testResults: [] } });
    expect(said).toEqual([]);
  });

  it('has no results where it wrote none', async () => {
    const { outcome } = await run('process.exitCode = 0;');
    expect(await outcome).toEqual({ code: 0, results: undefined });
  });

  it('is ended, told and red where it has written its results and something is left open', async () => {
    const { outcome, said } = await run('write(); setInterval(() => undefined, 1_000);', 50);
    expect(await outcome).toEqual({ code: 1, results: { testResults: [] } });
    expect(said).toEqual([expect.stringContaining('does not end')]);
  });

  it('leaves none of the processes that it started', async () => {
    const { outcome } = await run(`
      const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)'], { stdio: 'ignore' });
      require('node:fs').writeFileSync(process.argv.at(-1).split('=')[1], JSON.stringify({ pid }));
      process.exit(0);`);
    const { code, results } = await outcome;
    expect(code).toBe(0);
    expect(isAlive((results as { pid: number }).pid)).toBe(false);
  });

  it('ends when it is told to', async () => {
    const { outcome, end } = await run('setInterval(() => undefined, 1_000);');
    await end();
    expect((await outcome).code).toBe(1);
  });
});
