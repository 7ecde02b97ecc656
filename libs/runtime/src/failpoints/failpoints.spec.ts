import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '../settings/load-settings';
import { armFailpoints, failpoint, FailpointError } from './index';

const arm = (faults: readonly object[], seed = 1) =>
  armFailpoints({
    MEDSERVE_FAILPOINTS: JSON.stringify({ seed, faults }),
    MEDSERVE_FAILPOINTS_ARE_FOR_TESTS: 'yes',
  });

/** Which of so many passings failed. */
const failures = (passings: number): number[] =>
  Array.from({ length: passings }, (_, index) => {
    try {
      void failpoint('gateway.after-accept');
      return 0;
    } catch {
      return index + 1;
    }
  }).filter((index) => index > 0);

describe('a failpoint', () => {
  afterEach(() => {
    armFailpoints({});
  });

  it('does nothing where nobody armed it, nor where another one is armed', () => {
    expect(armFailpoints({ MEDSERVE_FAILPOINTS_ARE_FOR_TESTS: 'yes' })).toEqual([]);
    expect(failpoint('gateway.after-accept')).toBeUndefined();
    expect(arm([{ point: 'router.dispatch', do: 'throw' }])).toEqual(['router.dispatch']);
    expect(failpoint('gateway.after-accept')).toBeUndefined();
    expect(() => failpoint('router.dispatch')).toThrow(FailpointError);
  });

  it.each([
    ['without the word that nobody sets by accident', { MEDSERVE_FAILPOINTS: '{"faults":[]}' }, /ARE_FOR_TESTS/],
    ['that is none', { MEDSERVE_FAILPOINTS: '{"faults":[{"point":"gateway.afer-accept","do":"exit"}]}' }, /point/],
    [
      'with an action that is none',
      { MEDSERVE_FAILPOINTS: '{"faults":[{"point":"router.dispatch","do":"die"}]}' },
      /do/,
    ],
    ['that is no JSON', { MEDSERVE_FAILPOINTS: 'router.dispatch' }, /JSON/],
  ])('%s is refused', (_what, environment, words) => {
    const guard = /ARE_FOR/.test(words.source) ? {} : { MEDSERVE_FAILPOINTS_ARE_FOR_TESTS: 'yes' };
    const starting = () => armFailpoints({ ...guard, ...environment });
    expect(starting).toThrow(SettingsError);
    expect(starting).toThrow(words);
  });

  it('acts at the passing that was named, and only there', () => {
    arm([{ point: 'gateway.after-accept', do: 'throw', at: 3 }]);
    expect(failures(6)).toEqual([3]);
  });

  it('acts by chance as the seed says: the same for the same seed', () => {
    const byChance = (seed: number) => {
      arm([{ point: 'gateway.after-accept', do: 'throw', chance: 0.2 }], seed);
      return failures(100);
    };
    const once = byChance(7);
    expect(once.length).toBeGreaterThan(5);
    expect(once.length).toBeLessThan(45);
    expect(byChance(7)).toEqual(once);
    expect(byChance(8)).not.toEqual(once);
  });

  it('acts while its fuse is there, once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-fuse-'));
    const fuse = join(folder, 'fuse');
    arm([{ point: 'gateway.after-accept', do: 'throw', fuse }]);
    expect(failures(3)).toEqual([]);
    writeFileSync(fuse, '');
    expect(failures(3)).toEqual([1]);
    expect(existsSync(fuse)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it('lets who passes wait, or everybody', async () => {
    arm([
      { point: 'router.dispatch', do: 'delay', ms: 20 },
      { point: 'host.before-run', do: 'block', ms: 20 },
    ]);
    let isPassed = false;
    const passing = failpoint('router.dispatch')?.then(() => {
      isPassed = true;
    });
    expect(isPassed).toBe(false);
    await passing;
    expect(isPassed).toBe(true);
    const before = performance.now();
    expect(failpoint('host.before-run')).toBeUndefined();
    expect(performance.now() - before).toBeGreaterThanOrEqual(15);
  });

  it('kills the process, with nothing said after it', async () => {
    const index = join(__dirname, '..', '..', 'dist', 'failpoints', 'index.js');
    const program = `
      const { armFailpoints, failpoint } = require(${JSON.stringify(index)});
      armFailpoints(process.env);
      (async () => {
        console.log('before');
        await failpoint('gateway.after-accept');
        console.log('after');
      })();`;
    const child = spawn(process.execPath, ['-e', program], {
      env: {
        MEDSERVE_FAILPOINTS: JSON.stringify({ faults: [{ point: 'gateway.after-accept', do: 'exit' }] }),
        MEDSERVE_FAILPOINTS_ARE_FOR_TESTS: 'yes',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const signal = await new Promise((resolve) =>
      child.once('close', (_code, how) => {
        resolve(how);
      }),
    );
    expect(signal).toBe('SIGKILL');
    expect(said).not.toContain('after');
  });
});
