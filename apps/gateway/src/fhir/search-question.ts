import { ServingError } from '@medserve/errors';
import type { ResourceType } from '@medserve/interop';
import { alternatives, identifierTerm, resourceTerm, resultTerm, type Term } from './search-terms';
import { subsetOf, type Subset } from './subset';

/** A search for what belongs to results. */
export interface SearchQuestion {
  /** All of them have to hold; of each one of its terms. At least one of them can be looked for. */
  readonly criteria: readonly (readonly Term[])[];
  readonly count: number;
  readonly offset: number;
  readonly subset: Subset;
  /** Whether the number of all that is found is told. */
  readonly isCounted: boolean;
  /** The parameters that were used, for the bundle's own address, without the place of the page. */
  readonly used: URLSearchParams;
  /** Names of those that are not known here, and did nothing. */
  readonly ignored: readonly string[];
}

/** As they stand in an address or a form: one that comes several times has to hold in each of its values. */
export type Parameters = Readonly<Record<string, unknown>>;

const MAX_TERMS = 20;
const MAX_COUNT = 1_000;

/** The parameters that say what is looked for, and what each of their values means. */
const CRITERIA: Readonly<Record<string, (type: ResourceType, token: string) => Term>> = {
  _id: (_type, token) => resourceTerm(token),
  'result-id': (_type, token) => resultTerm(token),
  identifier: identifierTerm,
};
/** Those that say how much is answered, and once. */
const OF_THE_PAGE = ['_count', '_offset', '_summary', '_elements', '_total'] as const;
/** Those that are no matter of a search. */
const OF_THE_ANSWER = ['_format', '_pretty'];
const TOTALS = ['none', 'estimate', 'accurate'];

/**
 * What is not known is left out and named (R4, search.html 3.1.1.3: servers should ignore what they do not know, as stacks and
 * proxies on the way may add parameters), unless the caller asks for refusal. A modifier that is not known is always refused
 * (3.1.1.4.4): without it the parameter says something else.
 *
 * @param isStrict whether the caller asks for refusal: `Prefer: handling=strict`
 * @throws ServingError `invalid_request`
 */
export function searchQuestion(type: ResourceType, parameters: Parameters, isStrict: boolean): SearchQuestion {
  const ignored = unknownOf(parameters, isStrict);
  const used = new URLSearchParams();
  const criteria = Object.entries(CRITERIA).flatMap(([name, termOf]) =>
    valuesOf(parameters, name).map((value) => {
      used.append(name, value);
      return alternatives(value).map((token) => termOf(type, token));
    }),
  );
  if (criteria.flat().length > MAX_TERMS)
    throw refused(`A search names ${String(MAX_TERMS)} values at most.`, 'Search in several steps.');
  requireSearchable(criteria);
  const page = Object.fromEntries(OF_THE_PAGE.map((name) => [name, onlyOf(parameters, name)]));
  for (const [name, value] of Object.entries(page))
    if (value !== undefined && name !== '_offset') used.append(name, value);
  const { _total: total } = page;
  if (total !== undefined && !TOTALS.includes(total))
    throw refused('There is no such total.', 'Use none, estimate or accurate.', '_total');
  return {
    criteria,
    count: Math.min(wholeNumber(page['_count'], '_count') ?? MAX_COUNT, MAX_COUNT),
    offset: wholeNumber(page['_offset'], '_offset') ?? 0,
    subset: subsetOf(page['_summary'], page['_elements']),
    isCounted: total !== 'none' || page['_summary'] === 'count',
    used,
    ignored,
  };
}

/**
 * How much of one resource is asked for.
 *
 * @throws ServingError `invalid_request`
 */
export function readSubset(parameters: Parameters): Subset {
  const subset = subsetOf(onlyOf(parameters, '_summary'), onlyOf(parameters, '_elements'));
  if (subset.kind === 'count')
    throw refused('One resource is not counted.', 'Use true, text, data or false.', '_summary');
  return subset;
}

/** Whether a term alone says where to look. */
const isLookedUp = (term: Term): term is Exclude<Term, { by: 'identifier' }> => term.by !== 'identifier';

/** An answer that finds nothing would say that it is not there. */
function requireSearchable(criteria: readonly (readonly Term[])[]): void {
  if (criteria.some((terms) => terms.every(isLookedUp))) return;
  const detail =
    criteria.length === 0
      ? 'The search names nothing that is looked for.'
      : 'By an identifier of this system alone nothing is found here.';
  throw refused(
    detail,
    'Search by result-id or _id, an ImagingStudy also by identifier: its study (urn:dicom:uid|urn:oid:...) or accession number. Beside these any identifier of a resource chooses among what they find.',
    'identifier',
  );
}

/** @throws ServingError `invalid_request` */
function unknownOf(parameters: Parameters, isStrict: boolean): string[] {
  const known = new Set<string>([...Object.keys(CRITERIA), ...OF_THE_PAGE, ...OF_THE_ANSWER]);
  const unknown = Object.keys(parameters).filter((name) => !known.has(name));
  if (unknown.some((name) => known.has(name.split(':', 1)[0] ?? '')))
    throw refused('A modifier of a search parameter is not known here.', 'Search without it.');
  if (isStrict && unknown.length > 0)
    throw refused('A search parameter is not known here.', 'GET /fhir/R4/metadata lists those that are.');
  return unknown;
}

/** Without those that say nothing, and what is said twice. */
function valuesOf(parameters: Parameters, name: string): string[] {
  const values = [parameters[name] ?? []].flat().filter((value) => typeof value === 'string');
  return [...new Set(values)].filter((value) => alternatives(value).length > 0);
}

function onlyOf(parameters: Parameters, name: string): string | undefined {
  const [value, another] = valuesOf(parameters, name);
  if (another !== undefined) throw refused('A parameter is said twice.', `Say ${name} once.`, name);
  return value;
}

function wholeNumber(value: string | undefined, field: string): number | undefined {
  if (value === undefined) return undefined;
  // A number too large to be exact, or of more digits than a double has, is more than there are resources all the same.
  if (/^\d+$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER - MAX_COUNT);
  throw refused('A number of entries is a whole number.', `Correct ${field}.`, field);
}

const refused = (detail: string, remedy: string, field?: string): ServingError =>
  new ServingError('invalid_request', detail, { remedy, ...(field === undefined ? {} : { field }) });
