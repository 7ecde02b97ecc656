import type { JsonAttributes, JsonPersonName } from '@medserve/imaging';

/** How the names of people in an element are searched for. */
interface SearchedNames {
  /** Whole names and their component groups, in small letters. */
  readonly is: readonly string[];
  /** The same by component groups: alphabetic, ideographic, phonetic. */
  readonly groups: readonly (readonly string[])[];
  /** Their words, without accents too. */
  readonly words: readonly string[];
}

const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;
const SEPARATORS = /[\^=\s.,'-]+/;

/** Names are compared without regard to capitals, and the empty components at their end do not count (PS3.4 C.2.2.2.1). */
export const asSearchedName = (name: string): string =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\^=\s]+$/, '')
    .trim();

export const wordsOf = (name: string): string[] =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(SEPARATORS)
    .filter((word) => word !== '');

/** Of all elements that name people, by their tags: PostgreSQL knows small letters and accents only as well as its locale does. */
export function searchedNames(attributes: JsonAttributes): Record<string, SearchedNames> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([tag, { vr, Value }]) => {
      if (vr !== 'PN' || Value === undefined) return [];
      const groups = Value.map((value) => Object.values((value ?? {}) as JsonPersonName) as string[]);
      const is = groups.flatMap((all) => [...all, ...(all.length > 1 ? [all.join('=')] : [])]).map(asSearchedName);
      const byGroup = GROUPS.map((group) => Value.flatMap((value) => (value as JsonPersonName | null)?.[group] ?? []));
      const own = byGroup.map((names) => [...new Set(names.map(asSearchedName))]);
      return [[tag, { is: [...new Set(is)], groups: own, words: [...new Set(groups.flat().flatMap(wordsOf))] }]];
    }),
  );
}
