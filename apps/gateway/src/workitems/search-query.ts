import { isUniversal } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import { tagNamed } from '@medserve/imaging';
import type { WorkitemMatch } from '@medserve/storage';
import { isState, UPS_TAG, type WorkitemDataSet } from '@medserve/studies';
import { parseSearch, type Search } from '../dicomweb/search/parse-search';
import { codesOfRoutes } from './codes-of-routes';
import { momentOf } from './date-time';
import { uuidOfUid } from './work-uid';

export interface WorkitemSearch {
  readonly match: WorkitemMatch;
  readonly include: readonly string[] | 'all';
  readonly limit: number;
  readonly offset: number;
  /** Names of keys that choose nothing here. */
  readonly ignored: readonly string[];
  /** Whether names are to be matched by more than their letters, which they are not here. */
  readonly fuzzy: boolean;
  readonly notPerformed: Search['notPerformed'];
}

const PAGE = { usual: 100, most: 1_000 };
const MOST_OFFSET = 1_000_000;

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;
type Key = Exclude<keyof WorkitemMatch, 'scheduled' | 'born' | 'uuids' | 'states' | 'codes'>;

/** Keys of one level. */
const PLAIN: Readonly<Record<string, Key>> = {
  [UPS_TAG.sopInstanceUid]: 'uids',
  [UPS_TAG.priority]: 'priorities',
  [UPS_TAG.readiness]: 'readiness',
  [UPS_TAG.worklistLabel]: 'labels',
  [UPS_TAG.patientId]: 'patientIds',
  [UPS_TAG.patientName]: 'patientNames',
  [UPS_TAG.studyUid]: 'studyUids',
  [UPS_TAG.accessionNumber]: 'accessions',
  [UPS_TAG.label]: 'stepLabels',
  [UPS_TAG.sex]: 'sexes',
};
/** Keys inside of sequences. */
const NESTED: Readonly<Record<string, Key>> = {
  [`${UPS_TAG.requests}.${UPS_TAG.studyUid}`]: 'studyUids',
  [`${UPS_TAG.inputs}.${UPS_TAG.studyUid}`]: 'studyUids',
  [`${UPS_TAG.requests}.${UPS_TAG.accessionNumber}`]: 'accessions',
};

/** What is to be done, and by which station, is named by codes (PS3.4 table CC.2.5-3). */
const CODED = new Set<string>([
  UPS_TAG.workitemCodes,
  UPS_TAG.stationNames,
  UPS_TAG.stationClasses,
  UPS_TAG.stationPlaces,
]);
const OF_CODE = new Set<string>([UPS_TAG.codeValue, UPS_TAG.codingScheme]);

const hex = (tag: number): string => tag.toString(16).toUpperCase().padStart(8, '0');
const pathOf = (name: string): string =>
  name
    .split('.')
    .map((part) => hex(tagNamed(part) ?? 0))
    .join('.');

/** The query of a search for workitems (PS3.18 11.9). @throws ServingError `invalid_request` naming the parameter */
export function parseWorkitemSearch(query: Query): WorkitemSearch {
  const search = parseSearch(query);
  const match: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (const { tag, value, sequence } of search.match) {
    if (isUniversal({ value })) continue;
    // Of series, which workitems do not have.
    if (sequence !== undefined) {
      ignored.push(`${hex(sequence)}.${hex(tag)}`);
      continue;
    }
    const name = hex(tag);
    const key = PLAIN[name];
    if (name === UPS_TAG.startsAt) match['scheduled'] = rangeOf(value);
    else if (name === UPS_TAG.birthDate) match['born'] = datesOf(value);
    else if (name === UPS_TAG.state) match['states'] = value.split('\\').filter(isState);
    else if (key === undefined) ignored.push(name);
    else match[key] = value.split('\\');
  }
  const codes = new Map<string, Record<string, readonly string[]>>();
  for (const name of search.ignored) {
    const path = pathOf(name);
    const [sequence = '', inner = '', ...deeper] = path.split('.');
    const key = NESTED[path];
    const value = query[name];
    const isCode = CODED.has(sequence) && OF_CODE.has(inner) && deeper.length === 0;
    if ((key === undefined && !isCode) || typeof value !== 'string') ignored.push(name);
    else if (isUniversal({ value })) continue;
    else if (key === undefined) codes.set(sequence, { ...codes.get(sequence), [inner]: value.split(/[,\\]/) });
    else match[key] = value.split(/[,\\]/);
  }
  if (codes.size > 0)
    match['codes'] = [...codes].map(([sequence, values]) => ({ sequence, values, ofRoutes: codesOfRoutes(sequence) }));
  return {
    match: withWork(match),
    include: search.include === 'all' ? 'all' : search.include.map(hex),
    limit: Math.min(search.limit ?? PAGE.usual, PAGE.most),
    offset: Math.min(search.offset, MOST_OFFSET),
    ignored,
    fuzzy: search.fuzzy,
    notPerformed: search.notPerformed,
  };
}

/** How many attributes a workitem has to match: the UUIDs stand for the same one as the UIDs that they are made of. */
export function keysOf(match: WorkitemMatch): number {
  const plain = Object.keys(match).filter((key) => key !== 'uuids' && key !== 'codes').length;
  return (match.codes ?? []).reduce((sum, { values }) => sum + Object.keys(values).length, plain);
}

/** Workitems of routes are kept by their UUIDs. */
const withWork = (match: WorkitemMatch): WorkitemMatch =>
  match.uids === undefined ? match : { ...match, uuids: match.uids.flatMap((uid) => uuidOfUid(uid) ?? []) };

/** A date, or a range of them that is open at one end or none. */
function datesOf(value: string): NonNullable<WorkitemMatch['born']> {
  const [from = '', to = from] = value.split('-');
  return { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
}

function rangeOf(value: string): NonNullable<WorkitemMatch['scheduled']> {
  // A minus before the last four digits is that of a time zone.
  const [from = '', to] = value.split(/-(?!\d{4}(?:-|$))/);
  const ends = { from: momentOf(from), to: momentOf(to ?? from, true) };
  if ((from !== '' && ends.from === undefined) || (to !== undefined && to !== '' && ends.to === undefined)) {
    throw new ServingError('invalid_request', 'The value is neither a date and time nor a range of them.', {
      field: 'ScheduledProcedureStepStartDateTime',
    });
  }
  return ends;
}

/** What a search leaves out unless it is asked for: what may name thousands of instances. */
const LONG: ReadonlySet<string> = new Set([UPS_TAG.inputs, UPS_TAG.performed]);

export const searched = (dataSet: WorkitemDataSet, include: WorkitemSearch['include']): WorkitemDataSet =>
  Object.fromEntries(
    Object.entries(dataSet).filter(([tag]) => !LONG.has(tag) || include === 'all' || include.includes(tag)),
  );
