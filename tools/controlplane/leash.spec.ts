import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const LAUNCHER = `
import { spawn } from 'node:child_process';
import { leash, leashFolder, unleash } from ${JSON.stringify(join(__dirname, 'leash.mjs'))};
leashFolder(process.argv[1]);
const start = () => spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
const [held, freed] = [start(), start()];
leash(held.pid);
leash(freed.pid);
unleash(freed.pid);
console.log(held.pid + ' ' + freed.pid);
setInterval(() => undefined, 1_000);
`;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
};

describe('the leash of a launcher', () => {
  it('ends what a launcher killed by -9 has left, and its scratch folder, and nobody whom it let go', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-leash-'));
    const launcher = spawn(process.execPath, ['--input-type=module', '--eval', LAUNCHER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = await new Promise<number[]>((resolve) => {
      createInterface({ input: launcher.stdout }).once('line', (line) => {
        resolve(line.split(' ').map(Number));
      });
    });
    const [held = 0, freed = 0] = pids;
    try {
      expect(pids.map(isAlive)).toEqual([true, true]);
      launcher.kill('SIGKILL');
      await until(() => !isAlive(held) && !existsSync(folder));
      expect(isAlive(freed)).toBe(true);
    } finally {
      for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    }
  });
});
