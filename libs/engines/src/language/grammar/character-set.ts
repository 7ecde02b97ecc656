/** Characters as ranges of their codes, in order, none touching the next. Surrogates are none (Unicode scalar values). */
export type CharacterSet = readonly (readonly [number, number])[];

const ALL: CharacterSet = [
  [0, 0xd7ff],
  [0xe000, 0x10ffff],
];

const codeOf = (character: string): number => character.codePointAt(0) as number;

/** Of characters, and of ranges by their first and last. */
export const charactersOf = (...parts: readonly (string | readonly [string, string])[]): CharacterSet =>
  unionOf(
    parts.map((part) => [typeof part === 'string' ? [codeOf(part), codeOf(part)] : [codeOf(part[0]), codeOf(part[1])]]),
  );

export function unionOf(sets: readonly CharacterSet[]): CharacterSet {
  const joined: [number, number][] = [];
  for (const [low, high] of sets.flat().sort(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return both(joined, ALL);
}

export function negated(set: CharacterSet): CharacterSet {
  const between = [...set, [Infinity, Infinity] as const].map(([low], at): readonly [number, number] => [
    (set[at - 1]?.[1] ?? -1) + 1,
    low - 1,
  ]);
  return both(between, ALL);
}

export const isAll = (set: CharacterSet): boolean => JSON.stringify(set) === JSON.stringify(ALL);

const both = (one: CharacterSet, other: CharacterSet): CharacterSet =>
  one.flatMap(([low, high]) =>
    other
      .map(([from, to]): [number, number] => [Math.max(low, from), Math.min(high, to)])
      .filter(([from, to]) => from <= to),
  );
