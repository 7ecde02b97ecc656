import type { ArchiveQuery, Match } from '@medserve/archive';
import { hexOf, type IndexLevel } from '@medserve/imaging';
import { matchOf, patternOf, type ValueMatch } from './match-values';
import { asSearchedName, wordsOf } from './person-names';
import { ALIAS, LEVELS, searchedKeys, type SearchedKey } from './search-levels';

/** Attributes that are counted or made for an answer: nobody searches by them, and every peer may ask for them. */
const COUNTED = new Set([
  0x00080005, 0x00080052, 0x00080054, 0x00080056, 0x00081190, 0x00201206, 0x00201208, 0x00201209,
]);

/** The values of a statement, each named once. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${String(this.values.length)}::${type}`;
  }
}

export interface Conditions {
  /** SQL by the level of what it is about. */
  readonly of: Readonly<Record<IndexLevel, string[]>>;
  readonly ignored: number[];
}

/** The keys of a search as SQL. @throws ServingError `invalid_request` of a value that its VR cannot have */
export function conditionsOf({ match, fuzzy = false }: ArchiveQuery, parameters: Parameters): Conditions {
  const of: Record<IndexLevel, string[]> = { study: [], series: [], instance: [] };
  const ignored: number[] = [];
  for (const { tag, value } of match) {
    const key = searchedKeys().get(tag);
    if (key === undefined) {
      if (!COUNTED.has(tag) && value.trim() !== '') ignored.push(tag);
      continue;
    }
    const condition = conditionOf(key, { tag, value }, fuzzy, parameters);
    if (condition !== undefined) of[key.level].push(condition);
  }
  return { of, ignored };
}

function conditionOf(key: SearchedKey, { value }: Match, fuzzy: boolean, parameters: Parameters): string | undefined {
  if (key.vr === 'PN') return nameCondition(key, value, fuzzy, parameters);
  const match = matchOf(key.vr, value);
  if (match.kind === 'everything') return undefined;
  const alias = ALIAS[key.level];
  if (key.column === undefined) {
    return anyOf(`${alias}.attributes #> '{${hexOf(key.tag)},Value}'`, compared('v', key.vr, match, parameters));
  }
  const column = `${alias}.${key.column.name}`;
  if (!key.column.isList) return compared(column, key.vr, match, parameters);
  return `EXISTS (SELECT FROM unnest(${column}) AS v WHERE ${compared('v', key.vr, match, parameters)})`;
}

const anyOf = (values: string, condition: string): string =>
  `EXISTS (SELECT FROM jsonb_array_elements_text(coalesce(${values}, '[]')) AS v WHERE ${condition})`;

/** Without regard to capitals; where it is asked for, also by the beginnings of words, without accents. */
function nameCondition(key: SearchedKey, value: string, fuzzy: boolean, parameters: Parameters): string | undefined {
  const match = matchOf('PN', asSearchedName(value));
  if (match.kind === 'everything') return undefined;
  const names = `${ALIAS[key.level]}.names`;
  const whole = anyOf(`${names} #> '{${hexOf(key.tag)},is}'`, compared('v', 'PN', match, parameters));
  const words = fuzzy ? wordsOf(value.replace(/[*?]/g, ' ')) : [];
  if (words.length === 0) return whole;
  const begun = words.map((word) =>
    anyOf(`${names} #> '{${hexOf(key.tag)},words}'`, `v LIKE ${parameters.add(`${patternOf(word)}%`, 'text')}`),
  );
  return `(${whole} OR (${begun.join(' AND ')}))`;
}

function compared(
  operand: string,
  vr: string,
  match: Exclude<ValueMatch, { kind: 'everything' }>,
  parameters: Parameters,
): string {
  switch (match.kind) {
    case 'one-of':
      return `${operand} = ANY (${parameters.add(match.values, 'text[]')})`;
    case 'like':
      return `${operand} LIKE ANY (${parameters.add(match.patterns, 'text[]')})`;
    case 'between':
      return between(operand, vr, match, parameters);
  }
}

/**
 * Dates and times compare as texts. One of less precision stands for all that it may be: from its first moment to its last. The
 * dates of the standard's first edition have dots.
 */
function between(
  operand: string,
  vr: string,
  { from, to }: Extract<ValueMatch, { kind: 'between' }>,
  parameters: Parameters,
): string {
  const width = vr === 'DA' ? 8 : vr === 'TM' ? 12 : 20;
  const padded = (text: string, pad: string): string => text.replaceAll('.', '').padEnd(width, pad);
  const value = vr === 'DA' ? operand : `rpad(translate(${operand}, '.:', ''), ${String(width)}, '0')`;
  const ends = [
    from === undefined ? undefined : `${value} >= ${parameters.add(padded(from, '0'), 'text')}`,
    to === undefined ? undefined : `${value} <= ${parameters.add(padded(to, '9'), 'text')}`,
  ];
  return `(${ends.filter((end) => end !== undefined).join(' AND ')})`;
}

/** Whether the search names the thing of a level that stands above what it looks for. */
export const names = ({ match }: ArchiveQuery, level: IndexLevel): boolean =>
  match.some(({ tag, value }) => {
    const key = searchedKeys().get(tag);
    return key?.vr === 'UI' && key.level === level && LEVELS.includes(level) && value.trim() !== '';
  });
