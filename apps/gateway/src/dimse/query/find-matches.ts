import { isUniversal, type Archive, type ArchiveQuery, type Match, type QueryRow } from '@medserve/archive';
import type { IndexLevel } from '@medserve/imaging';
import { foldPatients } from './fold-patients';
import type { Identifier, Key, Level } from './read-identifier';

/** Rows that are in memory at once. */
const PAGE = 500;

const INDEX_LEVEL: Readonly<Record<Level, IndexLevel>> = {
  PATIENT: 'study',
  STUDY: 'study',
  SERIES: 'series',
  IMAGE: 'instance',
};

type Queried = Pick<Archive, 'query'>;

/** What matches an identifier, page by page until nobody wants more. */
export async function* findMatches(
  archive: Queried,
  tenant: string,
  { level, keys }: Identifier,
  signal: AbortSignal,
): AsyncGenerator<QueryRow['attributes']> {
  const query: ArchiveQuery = {
    tenant,
    level: INDEX_LEVEL[level],
    match: keys.flatMap((key) => [
      ...matchesOf(key),
      ...(key.items ?? []).flatMap((inner) => matchesOf(inner, key.tag)),
    ]),
    include: keys.map(({ tag }) => tag),
  };
  const rows = pages(archive, query, signal);
  if (level === 'PATIENT') {
    yield* await foldPatients(rows);
    return;
  }
  for await (const { attributes } of rows) yield attributes;
}

const matchesOf = (key: Key, sequence?: number): Match[] => {
  const { tag, value, isExact } = key;
  if (isUniversal(key)) return [];
  return [{ tag, value, ...(isExact === true ? { isExact } : {}), ...(sequence === undefined ? {} : { sequence }) }];
};

async function* pages(archive: Queried, query: ArchiveQuery, signal: AbortSignal): AsyncGenerator<QueryRow> {
  for (let offset = 0; !signal.aborted; offset += PAGE) {
    const { rows, isCut } = await archive.query({ ...query, offset, limit: PAGE });
    yield* rows;
    if (!isCut) return;
  }
}
