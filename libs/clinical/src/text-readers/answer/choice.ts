import { letterOf, plain, type Option } from '../../tasks/answer/parameters';
import { nameSeveral } from './several';

/** `(a)`, `A.` or `A)`, `A: text`; a letter alone counts too. */
const LETTERED = /^\(?([a-z])(?:[).:]\s*|$)(.*)$/u;

/** A final mark, and what is put around words: quotes, or as many stars before as behind. One star behind belongs to the word: T2*. */
const FINAL = /[\s.。;；]+$/u;
const AROUND = /^(?:(\*{1,3}|["'])(.+)\1|[“‘](.+)[”’])$/u;

/** Longer than a letter with any option's text and what marks it. */
const LONGEST = 1_024;

/** Wraps that are taken off: stars around quotes around an option, each with a mark behind. */
const MOST_WRAPS = 3;

function bare(text: string): string {
  let words = plain(text);
  for (let wrap = 0; wrap < MOST_WRAPS; wrap += 1) {
    words = words.replace(FINAL, '');
    const [, , inQuotes, inCurled] = AROUND.exec(words) ?? [];
    words = (inQuotes ?? inCurled ?? words).trim();
  }
  return words;
}

/**
 * The option that a text names whole: by its text or its letter, which the model was shown, or both together; else by its code. As
 * it is written first, then without marks around it. Undefined too where it may name two.
 */
function readOption(text: string, options: readonly Option[]): Option | undefined {
  if (text.length > LONGEST) return undefined;
  for (const spell of [plain, bare]) {
    const said = spell(text);
    const shown = options.filter(
      ({ display }, index) => said === spell(display) || readLettered(said, spell, options) === options[index],
    );
    const named = shown.length > 0 ? shown : options.filter(({ code }) => said === spell(code));
    if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  }
  return undefined;
}

/** The option whose letter stands there, with nothing behind it, or with its own text or code. */
function readLettered(said: string, spell: typeof plain, options: readonly Option[]): Option | undefined {
  const [, letter, rest = ''] = LETTERED.exec(said) ?? [];
  const option = options.find((_option, index) => plain(letterOf(index)) === letter);
  if (option === undefined) return undefined;
  return [plain(''), spell(option.display), spell(option.code)].includes(spell(rest)) ? option : undefined;
}

/**
 * The options that a text names, in the options' order; undefined where it names none, or names anything that is none of them: a
 * choice is taken whole or not at all.
 */
export function readChoice(
  text: string,
  options: readonly Option[],
  isMultiple: boolean,
): readonly Option[] | undefined {
  const whole = readOption(text, options);
  if (whole !== undefined) return [whole];
  if (!isMultiple || text.length > options.length * LONGEST) return undefined;
  const named = nameSeveral(text, options, (piece) => readOption(piece, options));
  return named && options.filter((option) => named.includes(option));
}
