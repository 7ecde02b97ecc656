import type { QueryRow, SearchedWithin } from '@medserve/archive';
import { hexOf, isPrivate, isPrivateCreator, tagOf, vrOf, type DicomJson, type IndexLevel } from '@medserve/imaging';

/** What every answer has of a level (type R of PS3.18 tables 10.6.3-3, -4 and -5), and the index where an instance said it. */
const REQUIRED: Readonly<Record<IndexLevel, readonly string[]>> = {
  study: [
    'StudyDate',
    'StudyTime',
    'AccessionNumber',
    'ReferringPhysicianName',
    'PatientName',
    'PatientID',
    'PatientBirthDate',
    'PatientSex',
    'StudyID',
  ],
  series: ['Modality', 'SeriesNumber'],
  instance: ['InstanceNumber'],
};

/** Those of the levels that are told whole, without values: unknown is empty (PS3.4 C.2.2.1.2), and absent is neither. */
function emptyOf({ seriesUid, sopInstanceUid }: QueryRow, within: SearchedWithin): DicomJson {
  const keywords = [
    ...(within.studyUid === undefined ? REQUIRED.study : []),
    ...(seriesUid === undefined || within.seriesUid !== undefined ? [] : REQUIRED.series),
    ...(sopInstanceUid === undefined ? [] : REQUIRED.instance),
  ];
  return Object.fromEntries(
    keywords.map((keyword) => {
      const tag = tagOf(keyword) ?? 0;
      return [hexOf(tag), { vr: vrOf(tag) }];
    }),
  );
}

/** What whoever answers adds to a row of the index (PS3.18 tables 10.6.3-3, -4 and -5). */
export function rowAnswer(row: QueryRow, base: string, within: SearchedWithin = {}): DicomJson {
  const { studyUid, seriesUid, sopInstanceUid, attributes } = row;
  const path = [
    `studies/${studyUid}`,
    ...(seriesUid === undefined ? [] : [`series/${seriesUid}`]),
    ...(sopInstanceUid === undefined ? [] : [`instances/${sopInstanceUid}`]),
  ].join('/');
  return {
    ...emptyOf(row, within),
    ...attributes,
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00081190': { vr: 'UR', Value: [`${base}/${path}`] },
  };
}

/** What says whose a private attribute is stands in its group (PS3.5 7.8.1). */
const creatorOf = (tag: number): number[] =>
  isPrivate(tag) && !isPrivateCreator(tag) ? [tag - (tag & 0xffff) + ((tag & 0xffff) >>> 8)] : [];

/** The values of a header that a search may tell: those that stand in it. */
export function searchable(header: DicomJson, wanted: readonly number[] | 'all'): DicomJson {
  const tags = wanted === 'all' ? undefined : new Set(wanted.flatMap((tag) => [tag, ...creatorOf(tag)]));
  return Object.fromEntries(
    Object.entries(header).filter(
      ([tag, { BulkDataURI }]) => BulkDataURI === undefined && (tags?.has(Number.parseInt(tag, 16)) ?? true),
    ),
  );
}
