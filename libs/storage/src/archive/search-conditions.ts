import type { ArchiveQuery, Match } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import { hexOf, REQUEST_ATTRIBUTES, requestAttributes, type IndexLevel } from '@medserve/imaging';
import { matchOf, patternOf, type ValueMatch } from './match-values';
import { asSearchedName, wordsOf } from './person-names';
import { ALIAS, searchedKeys, type SearchedKey } from './search-levels';

const STUDY_INSTANCE_UID = 0x0020000d;
const SERIES_INSTANCE_UID = 0x0020000e;
/** A person's name has no more component groups (PS3.5 6.2.1). */
const NAME_GROUPS = 3;
/** Of names in groups each is a condition. */
const MOST_NAMES = 100;

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

/** What a search is chosen by: its keys, and what it is within. */
export const keysOf = ({ match, within = {} }: ArchiveQuery): readonly Match[] => [
  ...match,
  ...(within.studyUid === undefined ? [] : [{ tag: STUDY_INSTANCE_UID, value: within.studyUid }]),
  ...(within.seriesUid === undefined ? [] : [{ tag: SERIES_INSTANCE_UID, value: within.seriesUid }]),
];

/** The keys of a search as SQL. @throws ServingError `invalid_request` of a value that its VR cannot have */
export function conditionsOf(query: ArchiveQuery, parameters: Parameters): Conditions {
  const { fuzzy = false } = query;
  const of: Record<IndexLevel, string[]> = { study: [], series: [], instance: [] };
  const ignored: number[] = [];
  for (const match of keysOf(query)) {
    const { tag, value, sequence } = match;
    if (sequence !== undefined) continue;
    const key = searchedKeys().get(tag);
    if (key === undefined) {
      // Every peer may ask for what is only counted or made for an answer: without a value, it is no key.
      if (value.trim() !== '') ignored.push(tag);
      continue;
    }
    const condition = conditionOf(key, match, fuzzy, parameters);
    if (condition !== undefined) of[key.level].push(condition);
  }
  const request = requestCondition(query.match, parameters);
  if (request !== undefined) of.series.push(request);
  return { of, ignored };
}

/**
 * Sequence matching (PS3.4 C.2.2.2.6): one item of Request Attributes Sequence has what all of its keys say. Keys inside of other
 * sequences choose nothing.
 */
function requestCondition(keys: readonly Match[], parameters: Parameters): string | undefined {
  const conditions = keys.flatMap(({ tag, value, sequence }) => {
    const vr = sequence === REQUEST_ATTRIBUTES ? requestAttributes().get(tag) : undefined;
    const match: ValueMatch = vr === undefined ? { kind: 'everything' } : matchOf(vr, value);
    if (vr === undefined || match.kind === 'everything') return [];
    return [anyOf(`item #> '{${hexOf(tag)},Value}'`, compared(ELEMENT, vr, match, parameters))];
  });
  if (conditions.length === 0) return undefined;
  const items = `jsonb_array_elements(coalesce(r.attributes #> '{${hexOf(REQUEST_ATTRIBUTES)},Value}', '[]')) AS item`;
  return `EXISTS (SELECT FROM ${items} WHERE ${conditions.join(' AND ')})`;
}

function conditionOf(
  key: SearchedKey,
  { value, isExact = false }: Match,
  fuzzy: boolean,
  parameters: Parameters,
): string | undefined {
  if (key.vr === 'PN') return nameCondition(key, value, fuzzy, parameters);
  const match: ValueMatch = isExact ? { kind: 'one-of', values: [value.trim()] } : matchOf(key.vr, value);
  if (match.kind === 'everything') return undefined;
  const alias = ALIAS[key.level];
  if (key.column === undefined) {
    return anyOf(`${alias}.attributes #> '{${hexOf(key.tag)},Value}'`, compared(ELEMENT, key.vr, match, parameters));
  }
  const column = `${alias}.${key.column.name}`;
  if (!key.column.isList) return compared(column, key.vr, match, parameters);
  return `EXISTS (SELECT FROM unnest(${column}) AS ${ELEMENT} WHERE ${compared(ELEMENT, key.vr, match, parameters)})`;
}

/** What each value of an element, or of a list, is called in a condition. */
const ELEMENT = 'v';

const anyOf = (values: string, condition: string): string =>
  `EXISTS (SELECT FROM jsonb_array_elements_text(coalesce(${values}, '[]')) AS ${ELEMENT} WHERE ${condition})`;

/** Without regard to capitals; where it is asked for, also by the beginnings of words, without accents. */
function nameCondition(key: SearchedKey, value: string, fuzzy: boolean, parameters: Parameters): string | undefined {
  const whole = wholeNameCondition(key, asSearchedName(value), parameters);
  if (whole === undefined) return undefined;
  const words = fuzzy ? wordsOf(value.replace(/[*?]/g, ' ')) : [];
  if (words.length === 0) return whole;
  const begun = words.map((word) =>
    anyOf(namesOf(key, 'words'), `v LIKE ${parameters.add(`${patternOf(word)}%`, 'text')}`),
  );
  return `(${whole} OR (${begun.join(' AND ')}))`;
}

/** The whole name, or any of its component groups; each by itself where the key has several (PS3.4 C.2.2.2.1, PS3.5 6.2.1). A list without a name is no key. */
function wholeNameCondition(key: SearchedKey, value: string, parameters: Parameters): string | undefined {
  const names = value.split('\\').filter((name) => asSearchedName(name) !== '');
  if (names.length === 0) return undefined;
  if (!value.includes('=')) {
    const match = matchOf('PN', value);
    return match.kind === 'everything'
      ? undefined
      : anyOf(namesOf(key, 'is'), compared(ELEMENT, 'PN', match, parameters));
  }
  if (names.length > MOST_NAMES) throw new ServingError('invalid_request', 'The search has too many names.');
  const conditions = names.map((name) => groupsCondition(key, name, parameters));
  return conditions.includes(undefined) ? undefined : `(${conditions.join(' OR ')})`;
}

/** Rows of before groups were kept by themselves are matched by any of theirs. */
function groupsCondition(key: SearchedKey, name: string, parameters: Parameters): string | undefined {
  const conditions = name.split('=', NAME_GROUPS).flatMap((text, at) => {
    const match = matchOf('PN', asSearchedName(text));
    if (match.kind === 'everything') return [];
    const values = `coalesce(${namesOf(key, `groups,${String(at)}`)}, ${namesOf(key, 'is')})`;
    return [anyOf(values, compared(ELEMENT, 'PN', match, parameters))];
  });
  return conditions.length === 0 ? undefined : `(${conditions.join(' AND ')})`;
}

/** What is kept of the names of an element, as JSON. */
const namesOf = ({ level, tag }: SearchedKey, path: string): string =>
  `${ALIAS[level]}.names #> '{${hexOf(tag)},${path}}'`;

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
 * Dates and times compare as texts. One of less precision stands for all that it may be: from its first moment to its last. Dates of
 * the standard's first edition have dots (PS3.5 6.2), but not in a column.
 */
function between(
  operand: string,
  vr: string,
  { from, to }: Extract<ValueMatch, { kind: 'between' }>,
  parameters: Parameters,
): string {
  const width = vr === 'DA' ? 8 : vr === 'TM' ? 12 : 20;
  const padded = (text: string, pad: string): string => text.replaceAll('.', '').padEnd(width, pad);
  const plain = `translate(${operand}, '.:', '')`;
  const value = vr !== 'DA' ? `rpad(${plain}, ${String(width)}, '0')` : operand === ELEMENT ? plain : operand;
  const ends = [
    from === undefined ? undefined : `${value} >= ${parameters.add(padded(from, '0'), 'text')}`,
    to === undefined ? undefined : `${value} <= ${parameters.add(padded(to, '9'), 'text')}`,
  ];
  return `(${ends.filter((end) => end !== undefined).join(' AND ')})`;
}
