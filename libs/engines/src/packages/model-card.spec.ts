import { link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMeasuredScores } from './measured-scores';
import { CARD_BYTES, readModelCard } from './model-card';

describe('what a package says of itself for people', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medserve-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const write = (path: string, content: string | Buffer) => writeFile(join(folder, path), content);

  it('is its card, or the README where it has none', async () => {
    expect(await readModelCard({ folder })).toEqual({ text: '', isTruncated: false });
    await write('README.md', 'read me');
    expect(await readModelCard({ folder })).toEqual({ text: 'read me', isTruncated: false });
    await write('card.md', '# net');
    expect(await readModelCard({ folder })).toEqual({ text: '# net', isTruncated: false });
  });

  it('is the beginning of a longer one, to the end of a line', async () => {
    const first = `${'first '.repeat(40_000)}\n`;
    await write('card.md', first + 'x'.repeat(CARD_BYTES));
    expect(await readModelCard({ folder })).toEqual({ text: first, isTruncated: true });
    await write('card.md', 'é'.repeat(CARD_BYTES));
    const { text, isTruncated } = await readModelCard({ folder });
    expect({ isTruncated, isWhole: !text.includes('\ufffd'), bytes: Buffer.byteLength(text) }).toEqual({
      isTruncated: true,
      isWhole: true,
      bytes: CARD_BYTES,
    });
  });

  it('is a text whatever the bytes are', async () => {
    await write('card.md', Buffer.from([0xff, 0x00, 0x41]));
    expect((await readModelCard({ folder })).text).toBe('\ufffd\u0000A');
  });

  it('is no file from elsewhere', async () => {
    const elsewhere = join(folder, 'secret.txt');
    await writeFile(elsewhere, 'not for readers of cards');
    await symlink(elsewhere, join(folder, 'card.md'));
    expect((await readModelCard({ folder })).text).toBe('');
    await rm(join(folder, 'card.md'));
    await link(elsewhere, join(folder, 'card.md'));
    expect((await readModelCard({ folder })).text).toBe('');
  });

  const scores = (...lines: string[]) =>
    write('measured.yaml', ['format: medserve.measured/1', 'scores:', ...lines].join('\n'));

  it('is what was measured of it, as it says it', async () => {
    expect(await readMeasuredScores({ folder })).toEqual([]);
    await scores(
      "  - { metric: recall, value: 0.9, low: 0.8, high: 0.95, interval: '95 %', cases: 80, data: phantoms }",
    );
    expect(await readMeasuredScores({ folder })).toEqual([
      { metric: 'recall', value: 0.9, low: 0.8, high: 0.95, interval: '95 %', cases: 80, data: 'phantoms' },
    ]);
  });

  it.each([
    [
      'an interval beside its value',
      '  - { metric: a, value: 0.5, low: 0.6, high: 0.7, data: d }',
      /between low and high/,
    ],
    ['half an interval', '  - { metric: a, value: 0.5, low: 0.4, data: d }', /belong together/],
    ['a share of more than all', '  - { metric: a, value: 97, data: d }', /between 0 and 1/],
    ['a member that nobody knows', '  - { metric: a, value: 0.5, data: d, confidence: 1 }', /measured\.yaml/],
    ['what is no YAML', '  - { metric: [', /no YAML/],
  ])('does not say %s', async (_, line, problem) => {
    await scores(line);
    await expect(readMeasuredScores({ folder })).rejects.toThrow(problem);
  });
});
