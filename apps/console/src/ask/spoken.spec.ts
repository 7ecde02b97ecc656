import { spokenUpTo } from './spoken';

describe('what is read aloud of a text that is being written', () => {
  it.each([
    ['There are', 0, 0],
    ['There are two discs. The', 0, 20],
    ['There are two discs. The larger', 20, 20],
    ['It is 3.5 long', 0, 0],
  ])('is whole clauses: "%s" from %d', (text, from, to) => {
    expect(spokenUpTo(text, from, false)).toBe(to);
  });

  it('is whole words where no pause comes for long', () => {
    const text = 'word '.repeat(40);
    expect(text.slice(0, spokenUpTo(text, 0, false))).toMatch(/word$/);
  });

  it('is all of it when it has ended', () => {
    expect(spokenUpTo('There are two', 0, true)).toBe(13);
  });
});
