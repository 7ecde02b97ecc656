import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PACKAGE = JSON.stringify({
  name: '@medserve/one',
  exports: { '.': { 'medserve-source': './src/index.ts', default: './dist/index.js' } },
});

/** What the check says of these files beside a package `@medserve/one`: one line a problem. */
function check(files: Readonly<Record<string, string>>): { status: number | null; problems: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-exports-'));
  try {
    for (const [name, text] of Object.entries({ 'libs/one/package.json': PACKAGE, ...files })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    spawnSync('git', ['init', '-q'], { cwd: folder });
    const { status, stderr } = spawnSync(process.execPath, [join(__dirname, 'unused-exports.mjs'), folder], {
      encoding: 'utf8',
    });
    return { status, problems: stderr.split('\n').filter((line) => line !== '') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOTHING = { status: 0, problems: [] };
const ONE = 'libs/one/src/one.ts';

describe('the check of exports', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['another file', { 'libs/one/src/two.ts': `import { one } from './one'; one();` }],
    ['a test', { 'libs/one/src/one.spec.ts': `import { one } from './one'; one();` }],
    [
      'another package',
      {
        'libs/one/src/index.ts': `export * from './one';`,
        'apps/a/src/a.ts': `import { one } from '@medserve/one'; one();`,
      },
    ],
    [
      'another package, by another name',
      {
        'libs/one/src/index.ts': `export { one as two } from './one';`,
        'apps/a/src/a.ts': `import { two } from '@medserve/one'; two();`,
      },
    ],
    ['who takes it out of all', { 'libs/one/src/two.ts': `import * as all from './one'; all.one();` }],
    ['who loads it later', { 'libs/one/src/two.ts': `const { one } = await import('./one'); one();` }],
    ['a tool, of what was built', { 'tools/a.mjs': `const { one } = load('libs/one/dist/one.js'); one();` }],
    [
      'a module of Node’s own kind',
      {
        'libs/one/src/index.ts': `export { one } from './one';`,
        'bench/a.mjs': `import all from '@medserve/one'; const { one } = all;`,
      },
    ],
  ])('has nothing to say of what is imported by %s', (_, files) => {
    expect(check({ [ONE]: 'export const one = (): void => undefined;', ...files })).toEqual(NOTHING);
  });

  it('names what nobody imports, and where it stands, also what is only passed on', () => {
    const files = {
      [ONE]: `export const one = 1;\nexport function two(): number {\n  return one;\n}\nexport default one;\n`,
      'libs/one/src/index.ts': `export { one } from './one';`,
      'libs/one/src/three.ts': `import { one } from './one'; one.toFixed();`,
    };
    expect(check(files)).toEqual({
      status: 1,
      problems: [
        'libs/one/src/index.ts:1: nobody imports "one"',
        'libs/one/src/one.ts:2: nobody imports "two"',
        'libs/one/src/one.ts:5: nobody imports "default"',
      ],
    });
  });

  it('does not take one of two names for the other, where all of a file is at hand', () => {
    const files = {
      [ONE]: 'export const one = 1;\nexport const two = 2;\n',
      'libs/one/src/three.ts': `import * as all from './one'; all.one.toFixed();`,
    };
    expect(check(files).problems).toEqual([`${ONE}:2: nobody imports "two"`]);
  });

  it('leaves the types of what is exported alone, and names one that nothing here is of', () => {
    const types = 'export interface Told { readonly one: number }\nexport type Lost = string;\n';
    const files = {
      [ONE]: `${types}export const one = (): Told => ({ one: 1 });\n`,
      'libs/one/src/two.ts': `import { one } from './one'; one();`,
    };
    expect(check(files).problems).toEqual([`${ONE}:2: nobody imports "Lost"`]);
  });

  it('leaves to generators what they write, and to Node what is called by its place', () => {
    const files = {
      'libs/one/src/generated/one.ts': 'export const one = 1;',
      'apps/a/vite.config.mjs': 'export default {};',
    };
    expect(check(files)).toEqual(NOTHING);
  });
});
