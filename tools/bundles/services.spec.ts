import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const TOOL = pathToFileURL(join(__dirname, 'services.mjs')).href;

describe('bundling the services', () => {
  let root: string;
  const at = (...names: string[]): string => join(root, ...names);
  const write = (name: string, text: string): void => {
    writeFileSync(at(name), text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'medserve-bundles-'));
    for (const folder of ['one', 'two', 'shared']) mkdirSync(at(folder));
    write('lock', '{}');
    write('one/main.js', "console.log('one', require('../shared/said.js').said, require('../shared/said.js').beside);");
    write('two/main.js', "console.log('two', require('../shared/said.js').said);");
    write(
      'shared/said.js',
      "exports.said = 'first'; exports.beside = require('node:fs').readFileSync(require('node:path').join(__dirname, 'text.txt'), 'utf8');",
    );
    write('shared/text.txt', 'beside it');
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** In a process of its own: the tool is a module, and so is what it bundles with. */
  const make = (more: Readonly<Record<string, string>> = {}, during = ''): boolean => {
    const options = {
      entries: { first: at('one', 'main.js'), second: at('two', 'main.js'), ...more },
      folder: at('dist'),
      lockfile: at('lock'),
    };
    // What is to happen meanwhile happens when the files are made and not yet written.
    const script = `import { bundleServices, bundleWithRolldown } from ${JSON.stringify(TOOL)};
      import { writeFileSync } from 'node:fs';
      const bundle = async (...all) => { const files = await bundleWithRolldown(...all); ${during} return files; };
      console.log((await bundleServices({ ...${JSON.stringify(options)}, bundle })).isNew);`;
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return told.trim() === 'true';
  };
  const run = (name: string): string => execFileSync(process.execPath, [at('dist', name)], { encoding: 'utf8' }).trim();
  const parts = (): string[] => readdirSync(at('dist')).filter((name) => name.startsWith('part-'));

  it('lets each find what lies beside its modules, wherever the files are started from', () => {
    expect(make()).toBe(true);
    expect([run('first.js'), run('second.js')]).toEqual(['one first beside it', 'two first']);
  });

  it('names the module before its code, as it lies in the project', () => {
    make();
    const texts = readdirSync(at('dist')).map((name) => readFileSync(at('dist', name), 'utf8'));
    expect(texts.some((text) => text.includes('\n// shared/said.js\n'))).toBe(true);
  });

  it('does nothing while what they are made of stays, and makes all of it anew when a module changed', () => {
    make();
    const before = parts();
    expect(make()).toBe(false);
    write('shared/said.js', "exports.said = 'second'; exports.beside = '';");
    expect(make()).toBe(true);
    expect([run('first.js'), run('second.js')]).toEqual(['one second', 'two second']);
    // Whoever was started before may still ask for its own.
    expect(parts()).toEqual(expect.arrayContaining(before));
  });

  it('is made anew when a file of it is gone, and when another one is wanted', () => {
    make();
    rmSync(at('dist', 'second.js'));
    expect(make()).toBe(true);
    expect(run('second.js')).toBe('two first');
    expect(make({ third: at('two', 'main.js') })).toBe(true);
    expect(run('third.js')).toBe('two first');
  });

  it('is not taken for what a module became while it was read', () => {
    const during = `writeFileSync(${JSON.stringify(at('shared', 'said.js'))}, "exports.said = 'late';");`;
    expect(make({}, during)).toBe(true);
    expect(make()).toBe(true);
    expect(run('second.js')).toBe('two late');
    expect(make()).toBe(false);
  });

  it.each(['exports.at = { __dirname };', "exports.at = require('x').__dirname;", "exports.at = '__dirname';"])(
    'does not bundle a module that says its folder otherwise than as a value: %s',
    (text) => {
      write('shared/said.js', text);
      expect(() => make()).toThrow('leave its package out of the bundle');
    },
  );

  it('removes parts that nobody has asked for since yesterday, and nothing else', () => {
    make();
    const yesterday = Date.now() / 1_000 - 90_000;
    write('dist/part-old.js', '');
    write('dist/sbom.cdx.json', '{}');
    for (const name of readdirSync(at('dist'))) utimesSync(at('dist', name), yesterday, yesterday);
    utimesSync(at('lock'), 1, 1);
    expect(make()).toBe(true);
    expect([existsSync(at('dist', 'part-old.js')), existsSync(at('dist', 'sbom.cdx.json'))]).toEqual([false, true]);
    expect(run('first.js')).toBe('one first beside it');
  });
});
