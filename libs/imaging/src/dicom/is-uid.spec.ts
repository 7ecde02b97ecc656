import { isUid } from './is-uid';

describe('a UID', () => {
  it.each(['1', '1.2.3', '2.25.0', '1.02.3', '1'.repeat(64)])('is “%s”', (text) => {
    expect(isUid(text)).toBe(true);
  });

  it.each(['', '.', '..', '...', '1.', '.1', '1..2', '1..2.3', '1.2.', '..7', '1.2 ', '1.2\n', '1.a', '1'.repeat(65)])(
    'is not “%s”',
    (text) => {
      expect(isUid(text)).toBe(false);
    },
  );
});
