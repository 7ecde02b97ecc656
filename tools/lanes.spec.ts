import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANES, runLanes } from './lanes.mjs';

describe('npm run check', () => {
  it('names scripts that there are, each once', () => {
    const { scripts } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { scripts: object };
    const steps = LANES.flat();
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps.filter((step) => !(step in scripts))).toEqual([]);
  });

  it('runs lanes side by side, and the steps of a lane in order', async () => {
    const log: string[] = [];
    const run = async (step: string): Promise<boolean> => {
      log.push(`+${step}`);
      await new Promise(setImmediate);
      log.push(`-${step}`);
      return true;
    };
    expect(await runLanes([['a', 'b'], ['c']], run)).toEqual([]);
    expect(log.slice(0, 2)).toEqual(['+a', '+c']);
    expect(log.indexOf('+b')).toBeGreaterThan(log.indexOf('-a'));
  });

  it('begins nothing after a step that failed, waits for what runs, and tells all that failed', async () => {
    const begun: string[] = [];
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const ended = runLanes(
      [
        ['slow', 'never'],
        ['fails', 'nor this'],
      ],
      async (step) => {
        begun.push(step);
        if (step === 'slow') await slow;
        else setImmediate(release);
        return false;
      },
    );
    expect(await ended).toEqual(['fails', 'slow']);
    expect(begun).toEqual(['slow', 'fails']);
  });
});
