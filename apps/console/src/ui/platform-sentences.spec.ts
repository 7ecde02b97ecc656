import { REASONS } from '@medserve/errors';
import { PLATFORM_SENTENCES } from './platform-sentences';

const said = new Set(Object.values(REASONS).flatMap(({ title, remedy }): string[] => [title, remedy]));

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
