import fc from 'fast-check';
import { canBeIn, detectLanguage } from './detect-language';
import { canonicalTag, languageName, languageTag, usualScript } from './language-tag';

describe('a language tag of a request', () => {
  it('is taken in any case and kept in its canonical form', () => {
    expect(canonicalTag('ZH-hans-cn')).toBe('zh-Hans-CN');
    expect(languageTag.parse('EN')).toBe('en');
  });

  it.each(['', 'english language', 'e', 'zh_CN', 'en-'])('is refused when it is not one: %p', (tag) => {
    expect(languageTag.safeParse(tag).success).toBe(false);
  });

  it('tells the script and the English name of its language', () => {
    expect(['zh', 'zh-TW', 'ja', 'hi', 'en'].map(usualScript)).toEqual(['Hans', 'Hant', 'Jpan', 'Deva', 'Latn']);
    expect(languageName('pt-BR')).toBe('Brazilian Portuguese');
  });
});

describe('the language of a text', () => {
  it.each([
    ['No acute findings.', 'und-Latn'],
    ['两肺纹理清晰，未见实变。', 'zh'],
    ['右肺上叶可见结节，建议 CT 复查。', 'zh'],
    ['両側肺野に異常陰影を認めません。', 'ja'],
    ['폐에 이상 소견이 없습니다.', 'ko'],
    ['Очаговых изменений не выявлено.', 'und-Cyrl'],
    ['لا يوجد انصباب جنبي.', 'und-Arab'],
    ['फेफड़े सामान्य हैं।', 'und-Deva'],
  ])('is told by its letters: %s', (text, tag) => {
    expect(detectLanguage(text)).toBe(tag);
  });

  it('stays open where there are no letters', () => {
    expect(detectLanguage('12 / 7')).toBeUndefined();
    expect(detectLanguage('')).toBeUndefined();
  });

  it('is a language tag or nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tag = detectLanguage(text);
        expect(tag === undefined || canonicalTag(tag) === tag).toBe(true);
      }),
    );
  });
});

describe('a text in a language that was asked for', () => {
  it('is doubted by its script only', () => {
    expect(canBeIn('zh-Hans', '未见异常')).toBe(true);
    expect(canBeIn('zh', 'No acute findings')).toBe(false);
    expect(canBeIn('ja', '異常なし')).toBe(true);
    expect(canBeIn('de', '未见异常')).toBe(false);
    // Another language of the same letters is not noticed.
    expect(canBeIn('de', 'No acute findings')).toBe(true);
  });

  it('is not doubted where nothing can be told', () => {
    expect(canBeIn('en', '3')).toBe(true);
    expect(canBeIn('am', 'No acute findings')).toBe(true);
  });
});
