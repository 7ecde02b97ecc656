import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { REASONS } from '@medserve/errors';
import { PLATFORM_SENTENCES } from './platform-sentences';

/** What refuses an image or a question of a person that looks at the page, and says itself what helps. */
const BESIDE = ['imaging/src', 'clinical/src', 'engines/src/openai', 'engines/src/pools', 'engines/src/language'];

/** Whole sentences that stand in a source beside those of every reason; one with a value in it is none. */
function remediesIn(folder: string): string[] {
  const path = resolve(__dirname, '../../../../libs', folder);
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .flatMap((name) => [...readFileSync(join(path, name), 'utf8').matchAll(/remedy:\s*'([^']+)'/g)])
    .map(([, sentence = '']) => sentence);
}

const said = new Set([
  ...Object.values(REASONS).flatMap(({ title, remedy }): string[] => [title, remedy]),
  ...BESIDE.flatMap(remediesIn),
]);

describe.each(Object.entries(PLATFORM_SENTENCES))('what the platform says of refusals, in %s', (_, sentences) => {
  it('is there for every reason that a caller can meet', () => {
    expect([...said].filter((sentence) => sentences[sentence] === undefined)).toEqual([]);
  });

  it('is of nothing that the platform does not say any more', () => {
    expect(Object.keys(sentences).filter((sentence) => !said.has(sentence))).toEqual([]);
  });

  it('is text, and names what the English names: paths, headers, commands', () => {
    const namedIn = (text: string): string[] =>
      text.match(/(?:GET|POST) [\w/{}.]+[\w}]|medserve \w+|application\/[\w-]+|Retry-After|deadlineMs/g) ?? [];
    for (const [sentence, translated] of Object.entries(sentences))
      expect(namedIn(translated).sort()).toEqual(namedIn(sentence).sort());
  });
});
