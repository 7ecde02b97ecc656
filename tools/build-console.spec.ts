import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildConsole } from './build-console.mjs';

/** No process has this pid: Linux gives none above 4,194,304. */
const DEAD = { pid: 2 ** 22 + 1, startedAt: '1' };

describe('building the console', () => {
  let root: string;
  let folder: string;
  let lock: string;
  let bundled: number;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'medserve-build-'));
    folder = join(root, 'apps', 'console');
    lock = join(root, 'lock');
    bundled = 0;
    mkdirSync(join(folder, 'src'), { recursive: true });
    writeFileSync(join(root, 'package-lock.json'), '{}');
    writeFileSync(join(folder, 'src', 'main.tsx'), 'one');
    jest.spyOn(console, 'error').mockReturnValue(undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(root, { recursive: true });
  });

  const page = (): string => readFileSync(join(folder, 'dist', 'index.html'), 'utf8');
  /** Takes a turn of the event loop between its two files, in which others may do as they like. */
  const bundle = async (from: string, outDir: string): Promise<void> => {
    expect(readdirSync(outDir)).toEqual([]);
    bundled += 1;
    writeFileSync(join(outDir, 'asset.js'), '');
    await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(join(outDir, 'index.html'), readFileSync(join(from, 'src', 'main.tsx')));
  };
  const build = (options: object = {}): Promise<{ isNew: boolean }> =>
    buildConsole({ folder, bundle, lock, ...options }) as Promise<{ isNew: boolean }>;

  it('builds what has changed, once', async () => {
    expect((await build()).isNew).toBe(true);
    expect((await build()).isNew).toBe(false);
    expect((await build({ clean: true })).isNew).toBe(true);
    writeFileSync(join(folder, 'src', 'main.tsx'), 'another');
    expect((await build()).isNew).toBe(true);
    expect(page()).toBe('another');
    expect([existsSync(lock), readdirSync(folder)]).toEqual([false, ['dist', 'src']]);
  });

  it('is done by one of several at once, for all of them', async () => {
    const outcomes = await Promise.all([build(), build(), build()]);
    expect(outcomes.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect([bundled, page()]).toEqual([1, 'one']);
  });

  it('leaves what is served whole until the next is, also where the next fails', async () => {
    await build();
    writeFileSync(join(folder, 'src', 'main.tsx'), 'broken');
    const fails = async (_from: string, outDir: string): Promise<void> => {
      await bundle(folder, outDir);
      expect(page()).toBe('one');
      throw new Error('a mistake in the source');
    };
    await expect(build({ bundle: fails })).rejects.toThrow('a mistake in the source');
    expect([page(), existsSync(lock), readdirSync(folder)]).toEqual(['one', false, ['dist', 'src']]);
    expect((await build()).isNew).toBe(true);
    expect(page()).toBe('broken');
  });

  it('takes over from a build that was killed, with what it left', async () => {
    writeFileSync(lock, JSON.stringify(DEAD));
    mkdirSync(join(folder, `.build-${String(DEAD.pid)}`, 'dist'), { recursive: true });
    expect((await build()).isNew).toBe(true);
    expect(readdirSync(folder)).toEqual(['dist', 'src']);
  });
});
