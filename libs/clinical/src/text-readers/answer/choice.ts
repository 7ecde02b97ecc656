import { plain, type Option } from '../../tasks/answer/parameters';

/** The letter that stands for an option in the list that the model is shown. */
export const letterOf = (index: number): string => String.fromCodePoint(0x41 + index);

/** `A`, `(a)`, `A.` or `A)`, `A: text`, and nothing that says otherwise behind it. */
const LETTERED = /^\(?([a-z])(?:[).:]\s*|$)(.*)$/u;

const trimMarks = (text: string): string => plain(text).replace(/^["'“”*\s]+|["'“”*\s.。;；]+$/gu, '');

/** Longer than a letter with any option's text and what marks it. */
const LONGEST = 1_024;

/** The option that a text names whole: by its letter, its code, its display, or letter and display together. */
function readOption(text: string, options: readonly Option[]): Option | undefined {
  if (text.length > LONGEST) return undefined;
  const said = trimMarks(text);
  const byText = options.find(({ code, display }) => said === plain(display) || said === plain(code));
  if (byText !== undefined) return byText;
  const [, letter = '', rest = ''] = LETTERED.exec(said) ?? [];
  const byLetter = letter === '' ? undefined : options[letter.charCodeAt(0) - 0x61];
  if (byLetter === undefined) return undefined;
  const agrees = rest === '' || trimMarks(rest) === plain(byLetter.display) || trimMarks(rest) === plain(byLetter.code);
  return agrees ? byLetter : undefined;
}

const SEPARATOR = /[,;，；、\n]|\band\b|和/u;

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
  if (!isMultiple) return undefined;
  const pieces =
    text.length > options.length * LONGEST ? [] : text.split(SEPARATOR).filter((piece) => piece.trim() !== '');
  if (pieces.length > options.length) return undefined;
  const named = pieces.map((piece) => readOption(piece, options));
  if (named.length === 0 || named.includes(undefined)) return undefined;
  return options.filter((option) => named.includes(option));
}
