import { ToldText } from './told-text';

const told = (...parts: string[]): ToldText => {
  const text = new ToldText();
  for (const part of parts) text.add(part);
  return text;
};

describe('the text that was told of a choice', () => {
  it('is whole when its parts are the text, wherever they were cut', () => {
    expect(told('No pneumo', '', 'thorax').isWhole('No pneumothorax')).toBe(true);
    expect(told('\ud83e', '\udec1').isWhole('\u{1fac1}')).toBe(true);
  });

  it.each(['No pneumothorax.', 'No pneumothora', 'No pneumothoraX', ''])('is not whole of "%s"', (text) => {
    expect(told('No pneumo', 'thorax').isWhole(text)).toBe(false);
  });

  it('has begun with the first part, though it has no text', () => {
    expect([told().hasBegun, told('').hasBegun]).toEqual([false, true]);
  });
});
