import type { Archive, QueryRow, StudySummary } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import { MODALITY_TERMS, tagOf, type JsonAttributes } from '@medserve/imaging';
import type {
  GenerationKey,
  InstanceFacts,
  SeriesAttribute,
  SeriesFacts,
  StudyArchive,
  StudyFacts,
  Value,
} from '@medserve/studies';
import type { ExpectedCounts } from './expected-counts';

const tag = (keyword: string): number => {
  const found = tagOf(keyword);
  if (found === undefined) throw new Error(`The dictionary has no attribute ${keyword}.`);
  return found;
};
const key = (of: number): string => of.toString(16).toUpperCase().padStart(8, '0');

/** What conditions call an attribute, and what DICOM does. */
const OF_SERIES: Readonly<Record<SeriesAttribute, string>> = {
  modality: 'Modality',
  bodyPart: 'BodyPartExamined',
  description: 'SeriesDescription',
  protocol: 'ProtocolName',
  laterality: 'Laterality',
  manufacturer: 'Manufacturer',
  sopClass: 'SOPClassUID',
  imageType: 'ImageType',
  sliceThickness: 'SliceThickness',
  rows: 'Rows',
  columns: 'Columns',
};
const OF_INSTANCE = ['InstanceNumber', 'NumberOfFrames', 'StudyDescription', 'SeriesDate', 'SeriesTime'];

const INCLUDED = [...Object.values(OF_SERIES), ...OF_INSTANCE].map(tag);
const PAGE = 5_000;
/** A study with more is no study of one visit: it fails at its first look, visibly. */
const MOST_INSTANCES = 50_000;

/** What of the archive the engine reads. */
export type ReadArchive = Pick<Archive, 'study' | 'query'>;

/** Facts of a study as the index has them; our own results, which came through no door from outside, are not among them. */
export class ArchiveFacts implements StudyArchive {
  constructor(
    private readonly archive: ReadArchive,
    private readonly counts: Pick<ExpectedCounts, 'of'>,
  ) {}

  async facts(generation: GenerationKey): Promise<StudyFacts> {
    const { tenant, studyUid } = generation;
    const study = await this.archive.study(tenant, studyUid);
    if (study === undefined) throw new ServingError('not_found', 'The study is not in the archive any more.');
    const rows = await this.rows(tenant, studyUid);
    const ofSeries = Map.groupBy(rows, ({ seriesUid }) => seriesUid ?? '');
    const series: SeriesFacts[] = [];
    let ofStudy: number | undefined;
    for (const [uid, own] of ofSeries) {
      const expected = await this.counts.of(generation, uid, own[0]?.sopInstanceUid ?? '');
      if (expected.ofStudy !== undefined) ofStudy = Math.max(ofStudy ?? 0, expected.ofStudy);
      series.push({
        ...seriesOf(uid, own),
        ...(expected.ofSeries === undefined ? {} : { expected: expected.ofSeries }),
      });
    }
    return {
      attributes: studyValues(study, rows[0]?.attributes),
      series,
      ...(ofStudy === undefined ? {} : { expected: ofStudy }),
      ...(study.received.batchEndedAt === undefined ? {} : { batchEndedAtMs: study.received.batchEndedAt.getTime() }),
    };
  }

  private async rows(tenant: string, studyUid: string): Promise<QueryRow[]> {
    const all: QueryRow[] = [];
    for (;;) {
      const page = { limit: PAGE, offset: all.length };
      const { rows, isCut } = await this.archive.query({
        tenant,
        level: 'instance',
        match: [],
        within: { studyUid },
        include: INCLUDED,
        ...page,
      });
      all.push(...rows);
      if (!isCut || rows.length === 0) return all.filter(({ isOwn }) => !isOwn);
      if (all.length >= MOST_INSTANCES)
        throw new ServingError('too_large', 'The study has too many instances.', {
          limit: `instances of a study: ${String(MOST_INSTANCES)}`,
        });
    }
  }
}

const valuesOf = (attributes: JsonAttributes, keyword: string): readonly Value[] =>
  (attributes[key(tag(keyword))]?.Value ?? []).filter(
    (value): value is Value => typeof value === 'string' || typeof value === 'number',
  );

const numberOf = (attributes: JsonAttributes, keyword: string): number | undefined => {
  const [value] = valuesOf(attributes, keyword);
  return value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value);
};

function studyValues({ received }: StudySummary, first: JsonAttributes | undefined): StudyFacts['attributes'] {
  const description = first === undefined ? [] : valuesOf(first, 'StudyDescription');
  return {
    sender: [received.sender],
    ...(received.route === undefined ? {} : { route: [received.route] }),
    ...(description.length === 0 ? {} : { studyDescription: description }),
  };
}

function seriesOf(uid: string, rows: readonly QueryRow[]): SeriesFacts {
  const attributes = Object.fromEntries(
    Object.entries(OF_SERIES).flatMap(([name, keyword]) => {
      const values = [...new Set(rows.flatMap((row) => valuesOf(row.attributes, keyword)))].filter(
        // It is shown where a study is listed and in why it was skipped: what is no term may be a name that somebody wrote there.
        (value) => name !== 'modality' || MODALITY_TERMS.has(String(value)),
      );
      return values.length === 0 ? [] : [[name, values]];
    }),
  );
  const madeAtMs = Math.max(...rows.map((row) => madeAt(row.attributes)));
  return {
    uid,
    attributes,
    instances: rows.map(instanceOf).sort(byNumber),
    ...(Number.isFinite(madeAtMs) ? { madeAtMs } : {}),
  };
}

/** Date and time of the series, `YYYYMMDD` and `HHMMSS`, by whatever clock the modality goes. */
function madeAt(attributes: JsonAttributes): number {
  const date = /^(\d{4})(\d\d)(\d\d)$/.exec(String(valuesOf(attributes, 'SeriesDate')[0] ?? ''));
  if (date === null) return -Infinity;
  const time = /^(\d\d)(\d\d)?(\d\d)?/.exec(String(valuesOf(attributes, 'SeriesTime')[0] ?? ''));
  const [, hours = 0, minutes = 0, seconds = 0] = (time ?? []).map((part) => Number(part) || 0);
  return Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3]), hours, minutes, seconds);
}

function instanceOf({ attributes, sopInstanceUid = '' }: QueryRow): InstanceFacts {
  const number = numberOf(attributes, 'InstanceNumber');
  const hasPixels = numberOf(attributes, 'Rows') !== undefined;
  return {
    sopInstanceUid,
    sopClassUid: String(valuesOf(attributes, 'SOPClassUID')[0] ?? ''),
    imageType: valuesOf(attributes, 'ImageType').map(String),
    frames: hasPixels ? Math.max(1, numberOf(attributes, 'NumberOfFrames') ?? 1) : 0,
    ...(number === undefined ? {} : { number }),
  };
}

const byNumber = (one: InstanceFacts, other: InstanceFacts): number =>
  (one.number ?? Infinity) - (other.number ?? Infinity) || (one.sopInstanceUid < other.sopInstanceUid ? -1 : 1);
