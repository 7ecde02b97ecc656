import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the check says of these documents: one line a problem. */
function check(documents: Readonly<Record<string, string>>): { status: number | null; problems: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-docs-'));
  try {
    mkdirSync(join(folder, 'docs'));
    for (const [name, text] of Object.entries(documents)) writeFileSync(join(folder, name), text);
    const tool = join(__dirname, 'docs-check.mjs');
    const { status, stderr } = spawnSync(process.execPath, [tool, folder], { encoding: 'utf8' });
    return { status, problems: stderr.split('\n').filter((line) => line !== '') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const excerpt = (line: string): string => ['```ts file=libs/clinical/src/tasks/registry.ts', line, '```'].join('\n');

describe('the check of the documents', () => {
  it('passes what is true', () => {
    const other = '# A title, twice\n\n# A title, twice\n';
    const good = [
      '[there](other.md#a-title-twice-1) and [outside](https://example.org/nowhere)',
      'Run `npm test`, `npm ci`, `npx medserve audit verify --json` or `npm start -- --shape split`; see `libs/errors`.',
      excerpt('const tasks: readonly Task[] = ['),
    ];
    expect(check({ 'good.md': good.join('\n\n'), 'other.md': other })).toEqual({ status: 0, problems: [] });
  }, 60_000);

  it('says each thing that is not, with its place', () => {
    const bad = [
      '[gone](gone.md) [lost](bad.md#lost)',
      '`npm run nothing`',
      '`medserve infer --colour` `medserve audit shred`',
      '`libs/nowhere/src`',
      excerpt('const tasks = nothing'),
    ];
    const { status, problems } = check({
      'bad.md': bad.join('\n'),
      'docs/api.md': '| code | status |\n\n| `lost_it` | 500 | a | b |',
      'docs/metrics.md': '| `medserve_luck_total` | | luck |',
      'docs/dicom-conformance.md': '# DICOM conformance statement\n\nOf a year ago.\n',
    });
    expect(status).toBe(1);
    expect(problems.filter((line) => line.startsWith('bad.md'))).toEqual([
      'bad.md:1: the link to gone.md leads nowhere',
      'bad.md:1: bad.md#lost: there is no heading with this anchor',
      'bad.md:2: package.json has no script "nothing"',
      'bad.md:3: "medserve infer" has no option --colour',
      'bad.md:3: "medserve audit" has no subcommand "shred"',
      'bad.md:4: there is no libs/nowhere/src',
      'bad.md:5: the block is not what libs/clinical/src/tasks/registry.ts holds: consttasks=nothing',
    ]);
    expect(problems).toContain('docs/api.md:3: there is no error "lost_it"');
    expect(problems).toContain('docs/metrics.md:1: there is no metric medserve_luck_total');
    expect(problems).toContain('docs/metrics.md:1: the list of metrics lacks medserve_requests_total');
    expect(problems).toContain('docs/dicom-conformance.md:3: it is not current: npm run conformance');
    expect(problems.join('\n')).toContain('the table of errors should have: | `model_loading` | 503 |');
  }, 60_000);
});
