import { plain, type Option } from '../../tasks/answer/parameters';

const MARK = /[,;，；、\n]/gu;
const MARK_OR_WORD = /[,;，；、\n]|\band\b|和/giu;
const JOINING_WORD = /\band\b|和/iu;

/** More than 26 options with marks of their own; beyond it a list repeats itself. */
const MOST_PIECES = 104;

/** Begins of a piece that may deny what comes behind it as well: "no effusion, pneumothorax". */
const NEGATIVE =
  /^(?:(?:no|not|none|nothing|neither|never|without|absence of|absent|negative for|free of|kein\p{L}*|nicht|ohne|pas|aucune?|sans|non|sin|ning[uú]n\p{L}*|não|nao|nem|sem|nenhum\p{L}*|senza|nessun\p{L}*|нет|не|без|لا|بدون|नहीं)(?![\p{L}\p{M}\p{N}])|[不没沒無无未非]有?见?)\s*/u;

/** Options that leave room for no other. */
const NONE = /^(?:none|nothing|neither)(?!\p{L})|^(?:[无無]|[没沒]有)$/u;

/**
 * The options that a list names; undefined where a piece of it names none, or where it may mean something else. An option that holds
 * a separator is looked for before its pieces are, and "and" separates only where no option holds it.
 *
 * @param read the option that a piece names
 */
export function nameSeveral(
  text: string,
  options: readonly Option[],
  read: (piece: string) => Option | undefined,
): readonly Option[] | undefined {
  const separator = options.some(({ display }) => JOINING_WORD.test(display)) ? MARK : MARK_OR_WORD;
  const pieces = piecesOf(text, separator);
  if (pieces.length === 0 || pieces.length > MOST_PIECES) return undefined;
  const spellings = options.flatMap(({ display, code }) => [display, code]);
  const lengths = [...new Set([1, ...spellings.map((words) => piecesOf(words, separator).length)])].sort(
    (a, b) => b - a,
  );
  const named: Option[] = [];
  let isDenied = false;
  for (let from = 0; from < pieces.length;) {
    // What a negation began may go on: "no effusion, pneumothorax" is no pneumothorax to most readers, and one to others.
    if (isDenied) return undefined;
    const run = lengths
      .filter((length) => from + length <= pieces.length)
      .map((length) => {
        const words = text.slice(pieces[from]?.start, pieces[from + length - 1]?.end);
        return { length, words, option: read(words) };
      })
      .find(({ option }) => option !== undefined);
    if (run?.option === undefined) return undefined;
    isDenied = NEGATIVE.test(plain(run.words));
    named.push(run.option);
    from += run.length;
  }
  return contradictsItself(named) ? undefined : named;
}

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** What stands between separators, without empty ones. */
function piecesOf(text: string, separator: RegExp): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const { 0: mark, index } of text.matchAll(separator)) {
    pieces.push({ start, end: index });
    start = index + mark.length;
  }
  pieces.push({ start, end: text.length });
  return pieces.filter((piece) => text.slice(piece.start, piece.end).trim() !== '');
}

/** Whether a thing is named with its opposite, or "none" with any. */
function contradictsItself(named: readonly Option[]): boolean {
  const displays = new Set(named.map(({ display }) => plain(display)));
  return (
    displays.size > 1 &&
    [...displays].some(
      (words) => NONE.test(words) || (NEGATIVE.test(words) && displays.has(words.replace(NEGATIVE, ''))),
    )
  );
}
