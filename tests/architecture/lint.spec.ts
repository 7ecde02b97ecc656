import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import * as ts from 'typescript';
import { ROOT } from '../support/platform';
import { BREACHES, NO_BREACHES } from './lint-breaches';

const CONFIG = '.oxlintrc.jsonc';
const COPIED = [CONFIG, 'package.json', 'tsconfig.json', 'apps/console/tsconfig.json', 'tests/browser/tsconfig.json'];

interface Finding {
  /** Such as `typescript(no-var)`; absent where it is not of a rule. */
  readonly code?: string;
  readonly message: string;
  readonly help?: string;
  readonly filename: string;
}

/** What lint finds in these files, as a project of its own with the packages of this one. */
function lint(files: Readonly<Record<string, string>>): Finding[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'medserve-lint-')));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  try {
    for (const file of COPIED) write(file, readFileSync(join(ROOT, file), 'utf8'));
    for (const [file, text] of Object.entries(files)) write(file, `${text}\n`);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const command = [join(folder, 'node_modules', 'oxlint', 'bin', 'oxlint'), '--format', 'json'];
    const run = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8', maxBuffer: 64e6 });
    if (!run.stdout.startsWith('{')) throw new Error(run.stdout + run.stderr);
    return (JSON.parse(run.stdout) as { diagnostics: Finding[] }).diagnostics;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The name without the plugin, of which React's hooks have two. */
const bare = (rule: string): string => rule.replace(/^.*\/|^.*\(|\)$/g, '');

function rulesOfConfig(): string[] {
  const { config } = ts.parseConfigFileTextToJson(CONFIG, readFileSync(join(ROOT, CONFIG), 'utf8')) as {
    config: { overrides: { rules: Record<string, unknown> }[] };
  };
  return config.overrides.flatMap(({ rules }) => Object.keys(rules));
}

describe('lint', () => {
  const DISABLED = 'libs/rpc/src/disabled.ts';
  let findings: Finding[];
  const of = (file: string): Finding[] => findings.filter(({ filename }) => filename === file);
  beforeAll(() => {
    findings = lint({
      ...Object.fromEntries(BREACHES.map(({ file, text }) => [file, text])),
      ...NO_BREACHES,
      [DISABLED]: '// oxlint-disable-next-line no-console -- there is none\nexport const a = 1;',
    });
  });

  it('has a breach of each rule in this test, each in a file of its own', () => {
    expect([...new Set(rulesOfConfig())].sort()).toEqual([...new Set(BREACHES.map(({ rule }) => rule))].sort());
    expect(new Set(BREACHES.map(({ file }) => file)).size).toBe(BREACHES.length);
  });

  it.each(BREACHES)('can fail: $rule, in $file', ({ rule, file, says = '' }) => {
    const found = of(file).filter(({ code = '' }) => bare(code) === bare(rule));
    expect(found.map(({ message, help = '' }) => `${message} ${help}`)).toContainEqual(expect.stringContaining(says));
  });

  it.each(Object.keys(NO_BREACHES))('lets be: %s', (file) => {
    expect(of(file)).toEqual([]);
  });

  it('finds comments that turn off what does not bite', () => {
    expect(of(DISABLED).map(({ message }) => message)).toEqual([expect.stringContaining('Unused oxlint-disable')]);
  });
});
