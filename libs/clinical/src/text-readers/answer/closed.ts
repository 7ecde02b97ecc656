const WORDS = {
  yes: ['yes', '是', '有', '是的', '有的', 'sí', 'oui', 'ja', 'да', 'はい', '예', '네', 'sim', 'نعم', 'हाँ'],
  no: ['no', '否', '不', '没有', '不是', '無', '无', 'non', 'nein', 'нет', 'いいえ', '아니요', 'não', 'لا', 'नहीं'],
} as const;

/** Words that turn a yes or no at the beginning into neither. */
const DOUBT = /^(?:yes (?:and|or) no|no (?:and|or) yes)(?![\p{L}\p{N}])/u;

/** Leading signs such as quotes and stars, which are no part of the word. */
const MARKS = /^[^\p{L}\p{N}]+/u;

/**
 * The yes or no that a text begins with; undefined where it begins with neither. The word has to stand alone: in scripts without
 * spaces that needs a mark behind it, as 不 begins many words.
 *
 * @param mayGoOn whether words may follow without a mark, as in "No pneumonia is seen": only where yes or no was asked for
 */
export function readClosed(text: string, mayGoOn: boolean): 'yes' | 'no' | undefined {
  const said = text.normalize('NFKC').toLowerCase().replace(MARKS, '');
  if (DOUBT.test(said)) return undefined;
  const behind = mayGoOn ? /^(?:$|[^\p{L}\p{N}\p{M}])/u : /^\s*(?:$|[^\p{L}\p{N}\p{M}\s])/u;
  const begins = (word: string): boolean => said.startsWith(word) && behind.test(said.slice(word.length));
  for (const value of ['yes', 'no'] as const) if (WORDS[value].some(begins)) return value;
  return undefined;
}
