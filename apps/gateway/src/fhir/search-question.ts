import { ServingError } from '@medserve/errors';

/** A search for what belongs to results. */
export interface SearchQuestion {
  /** Of results; what names another system than ours is not among them. */
  readonly results: readonly string[];
  readonly count: number;
  readonly offset: number;
  /** The parameters that were used, for the bundle's own address, without the place of the page. */
  readonly used: URLSearchParams;
}

const MAX_RESULTS = 20;
const MAX_COUNT = 1_000;
const RESULT_SYSTEM = 'urn:medserve:result';

/** Those that say how to answer, and not what. */
const OF_THE_ANSWER = new Set(['_format', '_pretty']);

/**
 * @param lenient whether what is not known is left out (`Prefer: handling=lenient`) and not refused: a filter that is left out gives
 *   more than was asked for
 * @throws ServingError `invalid_request`
 */
export function searchQuestion(query: Readonly<Record<string, unknown>>, lenient: boolean): SearchQuestion {
  const known = new Set(['identifier', '_count', '_offset', ...OF_THE_ANSWER]);
  const unknown = Object.keys(query).find((name) => !known.has(name));
  if (unknown !== undefined && !lenient) {
    throw refused('A search parameter is not known here.', 'Search by identifier, with _count where pages are wanted.');
  }
  const { identifier } = query;
  if (typeof identifier !== 'string' || identifier === '')
    throw refused('A search names one identifier parameter.', 'Add identifier=ID, the id of a result.', 'identifier');
  const tokens = identifier.split(',');
  if (tokens.length > MAX_RESULTS)
    throw refused(
      `A search names ${String(MAX_RESULTS)} identifiers at most.`,
      'Search in several steps.',
      'identifier',
    );
  const count = wholeNumber(query['_count'], '_count') ?? MAX_COUNT;
  const used = new URLSearchParams({ identifier });
  if (query['_count'] !== undefined) used.set('_count', String(count));
  return {
    results: [...new Set(tokens.flatMap(resultOf))],
    count: Math.min(count, MAX_COUNT),
    offset: wholeNumber(query['_offset'], '_offset') ?? 0,
    used,
  };
}

/** A token of a search (https://hl7.org/fhir/R4/search.html#token): `value`, or `system|value`. */
function resultOf(token: string): string[] {
  const [system, value] = token.includes('|') ? (token.split('|', 2) as [string, string]) : [RESULT_SYSTEM, token];
  // Ids are UUIDs, which are read in either case.
  return system === RESULT_SYSTEM && value !== '' ? [value.toLowerCase()] : [];
}

function wholeNumber(value: unknown, field: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d{1,6}$/.test(value)) return Number(value);
  throw refused('A number of entries is a whole number.', `Correct ${field}.`, field);
}

const refused = (detail: string, remedy: string, field?: string): ServingError =>
  new ServingError('invalid_request', detail, { remedy, ...(field === undefined ? {} : { field }) });
