import { usualScript } from './language-tag';

/**
 * The scripts that are told apart, with the tag that stands for each. Where a script is that of one language mostly, its language
 * is named; Latin, Cyrillic, Arabic and Devanagari are those of many, so that only the script is (`und`: not determined).
 */
const SCRIPTS = [
  { pattern: /\p{Script=Latin}/gu, script: 'Latn', tag: 'und-Latn' },
  { pattern: /\p{Script=Han}/gu, script: 'Hani', tag: 'zh' },
  { pattern: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, script: 'Kana', tag: 'ja' },
  { pattern: /\p{Script=Hangul}/gu, script: 'Hang', tag: 'ko' },
  { pattern: /\p{Script=Cyrillic}/gu, script: 'Cyrl', tag: 'und-Cyrl' },
  { pattern: /\p{Script=Greek}/gu, script: 'Grek', tag: 'el' },
  { pattern: /\p{Script=Arabic}/gu, script: 'Arab', tag: 'und-Arab' },
  { pattern: /\p{Script=Hebrew}/gu, script: 'Hebr', tag: 'he' },
  { pattern: /\p{Script=Devanagari}/gu, script: 'Deva', tag: 'und-Deva' },
  { pattern: /\p{Script=Bengali}/gu, script: 'Beng', tag: 'bn' },
  { pattern: /\p{Script=Tamil}/gu, script: 'Taml', tag: 'ta' },
  { pattern: /\p{Script=Telugu}/gu, script: 'Telu', tag: 'te' },
  { pattern: /\p{Script=Thai}/gu, script: 'Thai', tag: 'th' },
] as const;

type Script = (typeof SCRIPTS)[number]['script'];

/** Of the kana and Han signs of a Japanese text, the kana are seldom fewer; of a Chinese one, there are none. */
const KANA_SHARE = 0.1;

const scriptsOf = (text: string): ReadonlyMap<Script, number> =>
  new Map(SCRIPTS.map(({ pattern, script }) => [script, text.match(pattern)?.length ?? 0]));

/**
 * The language of a text by its letters alone, as a language tag: that of the script with the most letters. It says nothing of
 * languages that share a script: an English and a Spanish text are both `und-Latn`. A Chinese report full of Latin abbreviations
 * counts as Chinese while a sign stands for every three Latin letters, as a sign is about a word.
 *
 * @returns undefined of a text without letters of the scripts that are told apart, such as numbers
 */
export function detectLanguage(text: string): string | undefined {
  const counts = scriptsOf(text);
  const han = counts.get('Hani') ?? 0;
  const kana = counts.get('Kana') ?? 0;
  const isJapanese = kana > 0 && kana >= KANA_SHARE * (kana + han);
  const weighed = SCRIPTS.map(({ script, tag }) => ({ tag, weight: weightOf(script, counts) }));
  const best = weighed.reduce((first, second) => (second.weight > first.weight ? second : first));
  if (best.weight === 0) return undefined;
  return (best.tag === 'zh' || best.tag === 'ja') && isJapanese ? 'ja' : best.tag;
}

/** A sign of these scripts stands for a syllable or a word. */
const LETTERS_A_SIGN = 3;

function weightOf(script: Script, counts: ReadonlyMap<Script, number>): number {
  const count = counts.get(script) ?? 0;
  if (script === 'Hani') return LETTERS_A_SIGN * (count + (counts.get('Kana') ?? 0));
  return script === 'Hang' || script === 'Kana' ? LETTERS_A_SIGN * count : count;
}

/** Scripts of ISO 15924 that are several of those that are told apart here. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  Hans: ['zh'],
  Hant: ['zh'],
  Hani: ['zh'],
  Jpan: ['ja', 'zh'],
  Hrkt: ['ja'],
  Kore: ['ko'],
};

/**
 * Whether a text can be in the language that was asked for, as far as scripts tell. True where nothing speaks against it: no
 * letters, or a script that is not told apart.
 */
export function canBeIn(language: string, text: string): boolean {
  const detected = detectLanguage(text);
  const script = usualScript(language);
  if (detected === undefined || script === undefined) return true;
  const fitting = MADE_OF[script] ?? SCRIPTS.flatMap((entry) => (entry.script === script ? [entry.tag] : []));
  return fitting.length === 0 || fitting.includes(detected);
}
