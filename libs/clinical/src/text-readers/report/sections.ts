export interface RawSection {
  readonly code: string;
  readonly title: string;
  readonly text: string;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** A heading stands at the beginning of a line, or behind the end of a sentence; stars and hashes are Markdown's. */
const headingPattern = (spellings: readonly string[]): RegExp =>
  new RegExp(
    String.raw`(?<=^|\n|[.!?。！？；]\s{0,8})[ \t]*(?:#{1,6}[ \t]*)?\*{0,2}(${spellings.map(escape).join('|')})\*{0,2}[ \t]*[:：]\*{0,2}`,
    'giu',
  );

export const titleOf = (code: string): string => `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('-', ' ')}`;

/** The text under each heading, in the order of the text; first what stands under none, if anything does. */
export function splitSections(
  text: string,
  headers: Readonly<Record<string, readonly string[]>>,
  untitled: string,
): readonly RawSection[] {
  const codes = new Map(
    Object.entries(headers).flatMap(([code, spellings]) =>
      spellings.map((word) => [word.toLowerCase(), code] as const),
    ),
  );
  // The longest first: "Findings" would never be found behind "Finding".
  const spellings = [...codes.keys()].sort((left, right) => right.length - left.length);
  const sections: RawSection[] = [];
  let open = { code: untitled, title: titleOf(untitled), from: 0 };
  const close = (end: number): void => {
    const body = text.slice(open.from, end).trim();
    if (body !== '') sections.push({ code: open.code, title: open.title, text: body });
  };
  for (const { 0: heading, 1: word = '', index } of spellings.length === 0
    ? []
    : text.matchAll(headingPattern(spellings))) {
    close(index);
    open = { code: codes.get(word.toLowerCase()) ?? untitled, title: word, from: index + heading.length };
  }
  close(text.length);
  return sections;
}
