import type { StudyClass } from './study-class';

/** What of an instance decides about its study. Its UIDs may tell whose it is: they stay in rows of the tenant. */
export interface InstanceFacts {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  /** (0008,0008) */
  readonly imageType: readonly string[];
  /** (0020,0013) */
  readonly number?: number;
  /** (0028,0008); 1 where it is absent, 0 of what has no pixels. */
  readonly frames: number;
}

/** What conditions may ask of a series. Each has any number of values: the header of a series may say several things. */
const SERIES_ATTRIBUTES = [
  'modality',
  'bodyPart',
  'description',
  'protocol',
  'laterality',
  'manufacturer',
  'sopClass',
  'imageType',
  'sliceThickness',
  'rows',
  'columns',
] as const;

/** What they may ask of a study beside what its series say. `route` is the one that the sender named. */
const STUDY_ATTRIBUTES = ['sender', 'route', 'studyDescription'] as const;

/** Counted here, of a study and of a series. */
const COUNTED_ATTRIBUTES = ['instances', 'slices'] as const;

export const ATTRIBUTES = [...SERIES_ATTRIBUTES, ...STUDY_ATTRIBUTES, ...COUNTED_ATTRIBUTES] as const;

export type SeriesAttribute = (typeof SERIES_ATTRIBUTES)[number];
export type StudyAttribute = (typeof STUDY_ATTRIBUTES)[number];
export type Attribute = (typeof ATTRIBUTES)[number];

export type Value = string | number;
export type Values<Name extends string = Attribute> = { readonly [K in Name]?: readonly Value[] };

export interface SeriesFacts {
  readonly uid: string;
  readonly attributes: Values<SeriesAttribute>;
  /** In the order of their numbers, then of their UIDs. */
  readonly instances: readonly InstanceFacts[];
  /** Number of Series Related Instances (0020,1209), where a header says it. */
  readonly expected?: number;
  /** When it was made, by its header, in milliseconds of some clock of the modality's; absent: it does not say. */
  readonly madeAtMs?: number;
}

/** A study as it stands in the archive, without what we made of it ourselves. */
export interface StudyFacts {
  readonly attributes: Values<StudyAttribute>;
  readonly series: readonly SeriesFacts[];
  /** Number of Study Related Instances (0020,1208), where a header says it. */
  readonly expected?: number;
  /** When an association or a request that had brought some of it last ended, in milliseconds. */
  readonly batchEndedAtMs?: number;
  /** Routes that somebody ordered by their names, beside those that take it by themselves. */
  readonly ordered?: { readonly routes: readonly string[]; readonly class: StudyClass };
}

export const instancesOf = ({ series }: Pick<StudyFacts, 'series'>): number =>
  series.reduce((sum, { instances }) => sum + instances.length, 0);

export const slicesOf = (instances: readonly InstanceFacts[]): number =>
  instances.reduce((sum, { frames }) => sum + frames, 0);

/** All that conditions may ask of a series. @param usable those of its instances that count */
export const valuesOfSeries = (series: SeriesFacts, usable: readonly InstanceFacts[] = series.instances): Values => ({
  ...series.attributes,
  instances: [usable.length],
  slices: [slicesOf(usable)],
});

/** All that conditions may ask of a study: what is said of it, and whatever is said of any of its series. */
export function valuesOfStudy(study: StudyFacts): Values {
  const ofSeries = Object.fromEntries(
    SERIES_ATTRIBUTES.map((name) => [
      name,
      [...new Set(study.series.flatMap(({ attributes }) => attributes[name] ?? []))],
    ]),
  );
  return {
    ...ofSeries,
    ...study.attributes,
    instances: [instancesOf(study)],
    slices: [study.series.reduce((sum, { instances }) => sum + slicesOf(instances), 0)],
  };
}
