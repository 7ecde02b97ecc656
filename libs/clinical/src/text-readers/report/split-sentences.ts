/** A mark that ends a sentence where a space follows; Chinese and Japanese marks end it in any case. */
const END = /[.!?…]+["'”’)\]]*|[。！？；]+["'”’）」』]*|\n+/gu;

/** Of the first kind. */
const IS_SPACED = /^[.!?…]/u;

/** Words whose full stop belongs to them. */
const ABBREVIATIONS = new Set(
  'dr prof mr mrs ms st fig figs no nos vol pp approx ca cf vs resp incl max min e.g i.e a.m p.m al etc'.split(' '),
);

/** Abbreviations that end a sentence as often as not: they do where a capital letter follows. */
const MAY_END = new Set(['etc', 'al', 'a.m', 'p.m']);

/** More than any abbreviation has: of a long text no more is looked at, however often. */
const NEAR = 16;

/** `1.` at the beginning of a line numbers it. */
const isEnumerator = (sentence: string): boolean => sentence.length <= NEAR && /^\s*\d{1,2}$/u.test(sentence);

const lastWord = (text: string): string => /[\p{L}\p{N}.]+$/u.exec(text.slice(-NEAR))?.[0].toLowerCase() ?? '';

/** Whether the mark between the texts ends a sentence. */
function endsHere(before: string, mark: string, after: string): boolean {
  if (IS_SPACED.test(mark) && !/^(?:\s|$)/u.test(after)) return false;
  const next = /\S/u.exec(after)?.[0] ?? '';
  if (mark[0] !== '.' || next === '') return true;
  if (/\p{Ll}/u.test(next)) return false;
  if (isEnumerator(before)) return false;
  const word = lastWord(before);
  if (word === 'no' || word === 'nos') return !/\p{N}/u.test(next);
  if (MAY_END.has(word)) return /\p{Lu}/u.test(next);
  return !ABBREVIATIONS.has(word);
}

/**
 * The sentences of a text, trimmed; together they are the text but for white space between them. Marks that end no sentence:
 * decimal points, those of abbreviations (`Fig. 2`, `Dr.`), of numbers at the beginning of a line, and full stops before a small
 * letter. A line ends a sentence.
 */
export function splitSentences(text: string): readonly string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(END)) {
    const end = index + mark.length;
    if (!mark.startsWith('\n') && !endsHere(text.slice(from, index), mark, text.slice(end))) continue;
    sentences.push(text.slice(from, end).trim());
    from = end;
  }
  sentences.push(text.slice(from).trim());
  return sentences.filter((sentence) => sentence !== '');
}
