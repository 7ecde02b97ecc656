import type { Match } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import {
  attributeOf,
  isPrivate,
  isPrivateCreator,
  isUid,
  REQUEST_ATTRIBUTES,
  requestAttributes,
  tagNamed,
  vrOf,
} from '@medserve/imaging';
import { SEARCH_LIMITS } from '../limits';

/** A search as its query says it (PS3.18 10.6.1.2 and 8.3.4). */
export interface Search {
  readonly match: readonly Match[];
  readonly include: readonly number[] | 'all';
  readonly fuzzy: boolean;
  readonly limit: number | undefined;
  readonly offset: number;
  /** Ways of matching that were asked for and that there are not here. */
  readonly notPerformed: readonly MatchingParameter[];
  /** Names of keys that choose nothing here: what stands inside of other sequences than Request Attributes Sequence. */
  readonly ignored: readonly string[];
}

/** Ways of matching that C-FIND has by negotiation only, and a search by a parameter (PS3.18 8.3.4.5 and 8.3.4.6). */
const MATCHINGS = ['emptyvaluematching', 'multiplevaluematching'] as const;

export type MatchingParameter = (typeof MATCHINGS)[number];

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Words of the query that are no attributes. */
const RESERVED: ReadonlySet<string> = new Set([
  'limit',
  'offset',
  'includefield',
  'fuzzymatching',
  ...MATCHINGS,
  'accept',
  'charset',
]);

const bad = (detail: string, field: string): ServingError => new ServingError('invalid_request', detail, { field });

/** @throws ServingError `invalid_request` naming the parameter */
export function parseSearch(query: Query): Search {
  const match: Match[] = [];
  const ignored: string[] = [];
  const keys = Object.keys(query).filter((name) => !RESERVED.has(name));
  if (keys.length > SEARCH_LIMITS.keys) throw bad('The search has too many keys.', 'query');
  for (const name of keys) {
    if (isCreator(name)) {
      ignored.push(name);
      continue;
    }
    const path = name.split('.').map((part) => knownTag(part, name));
    const [tag = 0, inner, ...deeper] = path;
    const value = one(query, name) ?? '';
    if (inner === undefined) match.push({ tag, value: valueOf(tag, value, name) });
    else if (tag === REQUEST_ATTRIBUTES && requestAttributes().has(inner) && deeper.length === 0)
      match.push({ sequence: tag, tag: inner, value: valueOf(inner, value, name) });
    else ignored.push(name);
  }
  return {
    match,
    include: included(query),
    fuzzy: flag(query, 'fuzzymatching'),
    limit: count(query, 'limit'),
    offset: count(query, 'offset') ?? 0,
    ignored,
    notPerformed: MATCHINGS.filter((name) => flag(query, name)),
  };
}

function one(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw bad('The parameter stands there more than once.', name);
}

/** Attributes are named by keyword or tag; what is private, only its owner knows. */
function knownTag(name: string, field: string): number {
  const tag = tagNamed(name);
  if (tag === undefined || attributeOf(tag) === undefined) throw bad('There is no attribute of this name.', field);
  return tag;
}

/** Named as a key by who has something private told (PS3.18 8.3.4.3). */
function isCreator(name: string): boolean {
  const tag = tagNamed(name);
  return tag !== undefined && isPrivateCreator(tag);
}

function count(query: Query, name: string): number | undefined {
  const text = one(query, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw bad('The parameter is not a whole number.', name);
  return Number(text);
}

function flag(query: Query, name: string): boolean {
  const text = one(query, name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw bad('The parameter is neither true nor false.', name);
  return text === 'true';
}

function included(query: Query): readonly number[] | 'all' {
  const fields = [query['includefield'] ?? []].flat().flatMap((list) => list.split(','));
  if (fields.length > SEARCH_LIMITS.keys) throw bad('The list has too many fields.', 'includefield');
  if (fields.includes('all')) return 'all';
  // Of an attribute inside of a sequence, the sequence is told whole.
  return fields.filter((field) => field !== '').map((field) => includedTag(field.split('.')[0] ?? ''));
}

/** What is private may be told, with its creator (PS3.18 10.6.3.3), though nothing is found by it. */
function includedTag(name: string): number {
  const tag = tagNamed(name);
  return tag !== undefined && isPrivate(tag) ? tag : knownTag(name, 'includefield');
}

const DATE = /^\d{8}$/;
const TIME = /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/;
const DATE_TIME = /^\d{4,14}(\.\d{1,6})?([+-]\d{4})?$/;

/** The value in the form of C-FIND (PS3.4 C.2.2.2): QIDO-RS separates the values of a list by commas. */
function valueOf(tag: number, text: string, name: string): string {
  if (text.length > SEARCH_LIMITS.value) throw bad('The value is too long.', name);
  const vr = vrOf(tag);
  switch (vr) {
    case 'DA':
      return range(text, DATE, /-/, name);
    case 'TM':
      return range(text, TIME, /-/, name);
    case 'DT':
      // A minus before the last four digits is that of a time zone.
      return range(text, DATE_TIME, /-(?!\d{4}(?:-|$))/, name);
    case 'UI': {
      const uids = text.split(/[,\\]/);
      if (text !== '' && !uids.every(isUid)) throw bad('The value is no list of UIDs.', name);
      return uids.join('\\');
    }
    case 'CS':
      return text.replaceAll(',', '\\');
    default:
      return text;
  }
}

function range(text: string, form: RegExp, separator: RegExp, name: string): string {
  const ends = text.split(separator);
  const given = ends.filter((end) => end !== '');
  if (text !== '' && (ends.length > 2 || given.length === 0 || !given.every((end) => form.test(end)))) {
    throw bad('The value is neither a date or time nor a range of them.', name);
  }
  return text;
}
