import { MAX_ROWS, type ArchiveQuery, type QueryAnswer, type QueryRow } from '@medserve/archive';
import { hexOf, type IndexLevel, type JsonAttributes, type JsonElement } from '@medserve/imaging';
import type { Queryable } from '../database/database';
import { conditionsOf, keysOf, Parameters, type Conditions } from './search-conditions';
import { LEVELS } from './search-levels';

interface FoundRow {
  readonly studyUid: string;
  readonly seriesUid?: string;
  readonly sopInstanceUid?: string;
  readonly bytes: number;
  readonly isOwn: boolean;
  readonly study: JsonAttributes;
  readonly series?: JsonAttributes;
  readonly instance?: JsonAttributes;
  readonly modalities: string[];
  readonly sopClasses: string[];
  readonly studySeries?: number;
  readonly studyInstances: number;
  readonly seriesInstances?: number;
}

const OF_STUDY = `
  s.study_uid AS "studyUid", s.attributes AS study, s.modalities, s.sop_classes AS "sopClasses",
  s.instances AS "studyInstances",
  (SELECT count(*)::int FROM dicom_series c WHERE c.tenant = s.tenant AND c.study_uid = s.study_uid) AS "studySeries"`;
const OF_SERIES = `${OF_STUDY}, r.series_uid AS "seriesUid", r.attributes AS series, r.instances AS "seriesInstances"`;
const OF_INSTANCE = `${OF_SERIES}, i.sop_instance_uid AS "sopInstanceUid", i.attributes AS instance`;

const SERIES_OF_STUDY = 'r.tenant = s.tenant AND r.study_uid = s.study_uid';
const INSTANCES_OF_SERIES = 'i.tenant = r.tenant AND i.study_uid = r.study_uid AND i.series_uid = r.series_uid';

const FROM: Readonly<Record<IndexLevel, string>> = {
  study: `SELECT ${OF_STUDY}, s.bytes::float8 AS bytes, s.received = 0 AS "isOwn" FROM dicom_study s`,
  series: `SELECT ${OF_SERIES}, r.bytes::float8 AS bytes, r.is_own AS "isOwn"
    FROM dicom_study s JOIN dicom_series r ON ${SERIES_OF_STUDY}`,
  instance: `SELECT ${OF_INSTANCE}, i.bytes::float8 AS bytes, i.door = 'own' AS "isOwn"
    FROM dicom_study s JOIN dicom_series r ON ${SERIES_OF_STUDY} JOIN dicom_instance i ON ${INSTANCES_OF_SERIES}`,
};

const ORDER: Readonly<Record<IndexLevel, string>> = {
  study: 's.created_at, s.study_uid',
  series: 's.created_at, s.study_uid, r.created_at, r.series_uid',
  instance: 's.created_at, s.study_uid, r.created_at, r.series_uid, i.received_at, i.sop_instance_uid',
};

/** @throws ServingError `invalid_request` of a value that its VR cannot have */
export async function search(client: Queryable, query: ArchiveQuery): Promise<QueryAnswer> {
  const { tenant, level, offset = 0 } = query;
  const limit = Math.min(query.limit ?? MAX_ROWS, MAX_ROWS);
  const parameters = new Parameters();
  const own = `s.tenant = ${parameters.add(tenant, 'text')} AND s.removed_at IS NULL`;
  const conditions = conditionsOf(query, parameters);
  const text = `${FROM[level]}
    WHERE ${[own, ...here(level, conditions), ...below(level, conditions)].join(' AND ')}
    ORDER BY ${ORDER[level]} LIMIT ${parameters.add(limit + 1, 'int')} OFFSET ${parameters.add(offset, 'bigint')}`;
  const rows = await client.rows<FoundRow>({ text, values: parameters.values });
  return {
    rows: rows.slice(0, limit).map((row) => rowOf(query, row)),
    isCut: rows.length > limit,
    ignored: conditions.ignored,
  };
}

/** Of what is looked for and what stands above it. */
const here = (level: IndexLevel, { of }: Conditions): string[] =>
  LEVELS.slice(0, LEVELS.indexOf(level) + 1).flatMap((one) => of[one]);

/** A study that holds a series like this, a series that holds an instance like that. */
function below(level: IndexLevel, { of }: Conditions): string[] {
  const instances =
    of.instance.length === 0 || level === 'instance'
      ? []
      : [`EXISTS (SELECT FROM dicom_instance i WHERE ${[INSTANCES_OF_SERIES, ...of.instance].join(' AND ')})`];
  if (level !== 'study') return instances;
  const series = [...of.series, ...instances];
  return series.length === 0
    ? []
    : [`EXISTS (SELECT FROM dicom_series r WHERE ${[SERIES_OF_STUDY, ...series].join(' AND ')})`];
}

function rowOf(query: ArchiveQuery, row: FoundRow): QueryRow {
  const { studyUid, seriesUid, sopInstanceUid, bytes, isOwn } = row;
  return {
    studyUid,
    bytes,
    isOwn,
    ...(seriesUid === undefined ? {} : { seriesUid }),
    ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
    attributes: attributesOf(query, row),
  };
}

/**
 * Those of the level; those above it where the search is not within one thing of that level, or asks for them (PS3.18 10.6.3.3.2): UIDs
 * among its keys change nothing, for several things may have them.
 */
function attributesOf(query: ArchiveQuery, row: FoundRow): JsonAttributes {
  const all: Record<string, JsonElement> = {};
  for (const level of LEVELS.slice(0, LEVELS.indexOf(query.level) + 1)) {
    const attributes = { ...row[level], ...countedOf(level, row) };
    const isWhole = level === query.level || query.include === 'all' || !isWithin(query, level);
    if (isWhole) Object.assign(all, attributes);
    else for (const tag of asked(query)) if (attributes[tag] !== undefined) all[tag] = attributes[tag];
  }
  return Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isWithin({ within }: ArchiveQuery, level: IndexLevel): boolean {
  if (level === 'study') return within?.studyUid !== undefined;
  return level === 'series' && within?.seriesUid !== undefined;
}

const asked = (query: ArchiveQuery): string[] => {
  const { include } = query;
  const included = include === undefined || include === 'all' ? [] : include;
  return [...included, ...keysOf(query).map(({ tag, sequence }) => sequence ?? tag)].map(hexOf);
};

const element = (vr: string, ...Value: (string | number)[]): JsonElement =>
  Value.length === 0 ? { vr } : { vr, Value };

function countedOf(level: IndexLevel, row: FoundRow): Record<string, JsonElement> {
  switch (level) {
    case 'study':
      return {
        '00080056': element('CS', 'ONLINE'),
        '00080061': element('CS', ...row.modalities),
        '00080062': element('UI', ...row.sopClasses),
        '0020000D': element('UI', row.studyUid),
        '00201206': element('IS', row.studySeries ?? 0),
        '00201208': element('IS', row.studyInstances),
      };
    case 'series':
      return {
        '0020000E': element('UI', row.seriesUid ?? ''),
        '00201209': element('IS', row.seriesInstances ?? 0),
      };
    case 'instance':
      return { '00080056': element('CS', 'ONLINE'), '00080018': element('UI', row.sopInstanceUid ?? '') };
  }
}
