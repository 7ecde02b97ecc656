import { decodeText } from './character-sets';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const ESC = '\x1b';

describe('the text of a value', () => {
  // The examples of PS3.5, annexes H, I, J and K.
  it.each([
    ['nothing declared', undefined, 'Meyer^Ann', 'Meyer^Ann'],
    ['Latin-1', 'ISO_IR 100', 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
    ['Latin-9', 'ISO_IR 203', '\xa4', '€'],
    ['Greek', 'ISO_IR 126', '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', 'Διονυσιος'],
    ['Cyrillic', 'ISO_IR 144', '\xbb\xee\xda\x63\xd5\xdc\xd1\xe3\xe0\xd3', 'Люкcембург'],
    ['UTF-8', 'ISO_IR 192', 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=', 'Wang^XiaoDong=王^小東='],
    ['GB18030', 'GB18030', 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=', 'Wang^XiaoDong=王^小东='],
    [
      'Japanese with ASCII first (H.3.1)',
      '\\ISO 2022 IR 87',
      `Yamada^Tarou=${ESC}$B;3ED${ESC}(B^${ESC}$BB@O:${ESC}(B=${ESC}$B$d$^$@${ESC}(B^${ESC}$B$?$m$&${ESC}(B`,
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'Japanese with katakana first (H.3.2)',
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      `\xd4\xcf\xc0\xde^\xc0\xdb\xb3=${ESC}$B;3ED${ESC}(J^${ESC}$BB@O:${ESC}(J=${ESC}$B$d$^$@${ESC}(J^${ESC}$B$?$m$&${ESC}(J`,
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      'Korean (I.2)',
      '\\ISO 2022 IR 149',
      `Hong^Gildong=${ESC}$)C\xfb\xf3^${ESC}$)C\xd1\xce\xd4\xd7=${ESC}$)C\xc8\xab^${ESC}$)C\xb1\xe6\xb5\xbf`,
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    [
      'simplified Chinese (K.2)',
      '\\ISO 2022 IR 58',
      `Zhang^XiaoDong=${ESC}$)A\xd5\xc5^${ESC}$)A\xd0\xa1\xb6\xab=`,
      'Zhang^XiaoDong=张^小东=',
    ],
    ['supplementary kanji', '\\ISO 2022 IR 159', `${ESC}$(D\x30\x21${ESC}(B`, '丂'],
    ['Latin-1 and Cyrillic', 'ISO 2022 IR 100\\ISO 2022 IR 144', `J\xe9r\xf4me ${ESC}-L\xbb\xee`, 'Jérôme Лю'],
  ])('is read in %s', (_, declared, encoded, text) => {
    expect(decodeText(bytes(encoded), declared)).toBe(text);
  });

  it('goes back to the first set at the end of a part of a name', () => {
    expect(decodeText(bytes(`${ESC}-L\xbb^\xe9`), 'ISO 2022 IR 100\\ISO 2022 IR 144')).toBe('Л^é');
  });

  it('keeps an escape that the standard does not have', () => {
    expect(decodeText(bytes(`a${ESC}%Gb`), 'ISO 2022 IR 100')).toBe(`a${ESC}%Gb`);
  });

  it('does not end at half of a character', () => {
    expect(() => decodeText(bytes(`${ESC}$B;`), '\\ISO 2022 IR 87')).not.toThrow();
  });
});
