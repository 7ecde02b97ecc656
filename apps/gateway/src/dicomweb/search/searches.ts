import type { QueryRow, SearchedWithin } from '@medserve/archive';
import { indexedAttributes, keywordOf, vrOf, type DicomJson, type IndexLevel } from '@medserve/imaging';
import type { Principal } from '@medserve/security';
import type { DicomWebParts } from '../dicom-web';
import { SEARCH_LIMITS } from '../limits';
import type { MatchingParameter, Search } from './parse-search';
import { rowAnswer, searchable } from './search-answer';

export interface SearchAnswer {
  readonly dataSets: readonly DicomJson[];
  /** What was asked and is not so in the answer. */
  readonly warnings: readonly string[];
}

/** What the path of a search says. */
export interface SearchScope extends SearchedWithin {
  readonly level: IndexLevel;
}

/** Searches the index, and files for what it does not have. */
export async function runSearch(
  { archive, pool }: Pick<DicomWebParts, 'archive' | 'pool'>,
  by: Principal,
  scope: SearchScope,
  search: Search,
  base: string,
): Promise<SearchAnswer> {
  const { level, ...within } = scope;
  const { match, include, fuzzy, offset } = search;
  const fromFiles = level === 'instance' ? notIndexed(include) : [];
  const needsFiles = fromFiles === 'all' || fromFiles.length > 0;
  const limit = needsFiles ? Math.min(search.limit ?? SEARCH_LIMITS.headers, SEARCH_LIMITS.headers) : search.limit;
  const found = await archive.query({ tenant: by.tenant, level, match, within, include, fuzzy, limit, offset });
  const dataSets: DicomJson[] = [];
  for (const row of found.rows) {
    const known = rowAnswer(row, base, within);
    const header = needsFiles ? await headerOf(row) : {};
    dataSets.push(needsFiles ? { ...searchable(header, fromFiles), ...known } : known);
  }
  const warnings = [
    ...keyWarnings(search, found.ignored),
    ...search.notPerformed.map((name) => NOT_PERFORMED[name]),
    ...(isFuzzy(search) ? [FUZZY] : []),
    ...(found.isCut ? [REMAINING] : []),
  ];
  return { dataSets, warnings };

  async function headerOf({ studyUid: study, seriesUid: series, sopInstanceUid }: QueryRow): Promise<DicomJson> {
    const key = { studyUid: study, seriesUid: series, sopInstanceUid };
    const kept = await archive.read(by.tenant, key);
    const [instance] = kept.kind === 'found' ? kept.instances : [];
    if (instance === undefined) return {};
    return JSON.parse(await pool.metadata(() => archive.open(instance).read(), '')) as DicomJson;
  }
}

const FUZZY = 'Names were also matched by the beginnings of their words: fuzzy matching was applied.';

const isFuzzy = ({ fuzzy, match }: Search): boolean =>
  fuzzy && match.some(({ tag, value }) => vrOf(tag) === 'PN' && value.trim() !== '');

/** In the words of PS3.18 8.3.4.5 and 8.3.4.6. */
export const NOT_PERFORMED: Readonly<Record<MatchingParameter, string>> = {
  emptyvaluematching: 'The emptyvaluematching parameter is not supported. Empty Value Matching has not been performed.',
  multiplevaluematching:
    'The multiplevaluematching parameter is not supported. Multiple Value Matching has not been performed.',
};

/** PS3.18 8.3.4.4.1, whoever set the limit; how many there are is not counted. */
const REMAINING = 'There are additional results that can be requested.';

const keyWarnings = (search: Search, ignored: readonly number[]): string[] => {
  const names = [...search.ignored, ...ignored.map((tag) => keywordOf(tag) ?? 'an attribute')];
  return names.length === 0 ? [] : [`These keys were not matched: ${names.join(', ')}.`];
};

function notIndexed(include: Search['include']): Search['include'] {
  return include === 'all' ? 'all' : include.filter((tag) => !indexedAttributes().has(tag));
}
