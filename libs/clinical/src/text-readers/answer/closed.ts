import { holdsAffirmation, holdsDoubt, holdsNegation } from '../polarity';

interface Words {
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

/** By primary language subtag. */
const WORDS: Readonly<Record<string, Words>> = {
  en: { yes: ['yes'], no: ['no'] },
  zh: { yes: ['是', '有', '是的', '有的'], no: ['否', '不', '没有', '沒有', '不是', '無', '无'] },
  es: { yes: ['sí'], no: ['no'] },
  fr: { yes: ['oui'], no: ['non'] },
  de: { yes: ['ja'], no: ['nein'] },
  it: { yes: ['sì'], no: ['no'] },
  pt: { yes: ['sim'], no: ['não'] },
  ru: { yes: ['да'], no: ['нет'] },
  ja: { yes: ['はい'], no: ['いいえ'] },
  ko: { yes: ['예', '네'], no: ['아니요'] },
  ar: { yes: ['نعم'], no: ['لا'] },
  hi: { yes: ['हाँ'], no: ['नहीं'] },
};

/** What may stand before the word: quotes, stars, brackets, the dash of a list. */
const OPENING = /^(?:[\s"'“”‘’«»「」『』*_([¡]|[-•]\s)+/u;

/** Behind the word: nothing, or a mark that ends a clause and then the rest. Hyphen, slash and apostrophe are no such marks. */
const BEHIND = /^["'“”‘’«»「」『』*_)\]]*[^\S\n]*(?:$|([.,:;!。、،؛।\n])(.*)$)/su;

/** "No. 3", "No. XII": a number is named. */
const NUMBERS = /^\s*(?:\p{N}|(?:[ivx]{2,}|[vx])(?!\p{L}))/u;

/** 예 with a colon is "for example". */
const EXAMPLE = /^예\s*:/u;

/**
 * The yes or no that a text is, or that it begins with and does not take back: undefined where it begins with neither, where words
 * follow without a mark ("No doubt there is one"), and where the rest says otherwise or hesitates ("Yes, probably not").
 *
 * @param language that was asked for, as a language tag: only its words are read; absent, those of all languages that are known
 */
export function readClosed(text: string, language?: string): 'yes' | 'no' | undefined {
  const said = text.normalize('NFKC').toLowerCase().replace(OPENING, '');
  for (const value of ['yes', 'no'] as const) {
    for (const word of wordsOf(value, language)) {
      const [whole, mark = '', rest = ''] = (said.startsWith(word) && BEHIND.exec(said.slice(word.length))) || [];
      if (whole !== undefined) return isTakenBack(value, mark, rest) || EXAMPLE.test(said) ? undefined : value;
    }
  }
  return undefined;
}

function wordsOf(value: keyof Words, language: string | undefined): readonly string[] {
  const known = language === undefined ? Object.values(WORDS) : [WORDS[new Intl.Locale(language).language]];
  return known.flatMap((words) => words?.[value] ?? []).map((word) => word.normalize('NFKC'));
}

function isTakenBack(value: keyof Words, mark: string, rest: string): boolean {
  // Three dots are a hesitation.
  if (mark === '.' && (rest.startsWith('.') || (value === 'no' && NUMBERS.test(rest)))) return true;
  return holdsDoubt(rest) || (value === 'yes' ? holdsNegation(rest) : holdsAffirmation(rest));
}
