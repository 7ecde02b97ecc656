import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child';
import { LogFile } from './log-file';

function entry(code: string): { folder: string; plan: { name: string; entry: string; heapMb: number } } {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-child-'));
  const file = join(folder, 'main.js');
  writeFileSync(file, code);
  return { folder, plan: { name: 'some service', entry: file, heapMb: 64 } };
}

function child(code: string, onLine: (line: string) => void = () => undefined): Child {
  const { folder, plan } = entry(code);
  const log = new LogFile(join(folder, 'log'));
  return new Child(plan, {
    log,
    onLine: (_name, line) => {
      onLine(line);
    },
    onDeath: () => undefined,
  });
}

describe('a child of the supervisor', () => {
  it('says so when it had ended before it was told to start', async () => {
    const failing = child('process.exit(3)');
    const { pid = 0 } = failing;
    for (let isThere = true; isThere;) {
      await new Promise((resolve) => setImmediate(resolve));
      try {
        process.kill(pid, 0);
      } catch {
        isThere = false;
      }
    }
    await expect(failing.start({})).rejects.toThrow('some service ended before it served (exit code 3)');
    await failing.stop();
  });

  it('serves with the environment that it was told, and is gone after stop', async () => {
    const serving = child(
      "process.once('message', ({ environment }) => process.send({ kind: 'ready', addresses: { at: environment.PLACE } }));",
    );
    expect(await serving.start({ PLACE: 'here' })).toEqual({ at: 'here' });
    const { pid = 0 } = serving;
    await serving.stop();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  describe('with the C library told to keep free memory', () => {
    const tunables = process.env['GLIBC_TUNABLES'];
    afterEach(() => {
      if (tunables === undefined) delete process.env['GLIBC_TUNABLES'];
      else process.env['GLIBC_TUNABLES'] = tunables;
    });

    it.each([
      ['by the supervisor', undefined, 'trim_threshold'],
      ['otherwise by who started it', 'glibc.malloc.arena_max=2', 'arena_max'],
    ])('%s', async (_how, given, expected) => {
      if (given === undefined) delete process.env['GLIBC_TUNABLES'];
      else process.env['GLIBC_TUNABLES'] = given;
      const serving = child(
        "process.once('message', () => process.send({ kind: 'ready', addresses: { at: process.env.GLIBC_TUNABLES } }));",
      );
      expect((await serving.start({}))['at']).toContain(expected);
      await serving.stop();
    });
  });
});
