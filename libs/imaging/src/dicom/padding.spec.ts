import { withoutPadding } from './padding';

describe('text without its padding', () => {
  it.each([
    ['CT \0', 'CT'],
    ['  CT', '  CT'],
    ['C T', 'C T'],
    [' \0 ', ''],
    ['', ''],
  ])('%j is %j', (text, bare) => {
    expect(withoutPadding(text)).toBe(bare);
  });

  it('is found at once in text of nothing but spaces and a letter', () => {
    const text = `${' '.repeat(8 * 1024 * 1024)}x`;
    expect(withoutPadding(text)).toBe(text);
  });
});
