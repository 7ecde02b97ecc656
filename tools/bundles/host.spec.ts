import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleHost } from './host.mjs';

describe('bundling the model host', () => {
  let root: string;
  const at = (...names: string[]): string => join(root, ...names);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'medserve-bundle-'));
    mkdirSync(at('dist'));
    for (const name of ['host-main.js', 'worker-main.js', 'shared.js']) writeFileSync(at('dist', name), name);
    writeFileSync(at('lock'), '{}');
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const bundle = (entry: string) =>
    Promise.resolve({
      code: readFileSync(entry, 'utf8') + readFileSync(at('dist', 'shared.js'), 'utf8'),
      moduleIds: [entry, at('dist', 'shared.js'), '\0runtime'],
    });
  const make = (options: object = {}): Promise<{ isNew: boolean }> =>
    bundleHost({ dist: at('dist'), folder: at('bundle'), lockfile: at('lock'), bundle, ...options }) as Promise<{
      isNew: boolean;
    }>;

  it('lays the two files as they find each other, and does nothing while what they are made of stays', async () => {
    expect(await make()).toMatchObject({ isNew: true });
    expect(await make()).toMatchObject({ isNew: false });
    expect(readFileSync(at('bundle', 'host', 'host-main.js'), 'utf8')).toBe('host-main.jsshared.js');
    expect(readdirSync(at('bundle')).sort()).toEqual(['host', 'made-of.json', 'worker-main.js']);
    expect(readdirSync(at('bundle', 'host'))).toEqual(['host-main.js']);
  });

  it.each([
    ['a module of it changed', () => writeFileSync(at('dist', 'shared.js'), 'changed')],
    ['a module of it went', () => writeFileSync(at('bundle', 'made-of.json'), '{"modules": [["/gone.js", "1 1"]]}')],
    ['the versions of the libraries changed', () => utimesSync(at('lock'), 1, 1)],
    ['one before it was broken off', () => rmSync(at('bundle', 'made-of.json'))],
  ])('is made again when %s', async (_what, change) => {
    await make();
    change();
    expect(await make()).toMatchObject({ isNew: true });
    expect(await make()).toMatchObject({ isNew: false });
  });

  it('is not taken for whole when it was broken off', async () => {
    await make();
    writeFileSync(at('dist', 'shared.js'), 'changed');
    const broken = make({ bundle: () => Promise.reject(new Error('It was.')) });
    await expect(broken).rejects.toThrow('It was.');
    writeFileSync(at('dist', 'shared.js'), 'shared.js');
    expect(await make()).toMatchObject({ isNew: true });
  });
});
