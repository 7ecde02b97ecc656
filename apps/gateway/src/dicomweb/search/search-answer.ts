import type { QueryRow } from '@medserve/archive';
import type { DicomJson } from '@medserve/imaging';

/** What whoever answers adds to a row of the index (PS3.18 tables 10.6.3-3, -4 and -5). */
export function rowAnswer({ studyUid, seriesUid, sopInstanceUid, attributes }: QueryRow, base: string): DicomJson {
  const path = [
    `studies/${studyUid}`,
    ...(seriesUid === undefined ? [] : [`series/${seriesUid}`]),
    ...(sopInstanceUid === undefined ? [] : [`instances/${sopInstanceUid}`]),
  ].join('/');
  return {
    ...attributes,
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00081190': { vr: 'UR', Value: [`${base}/${path}`] },
  };
}

/** The values of a header that a search may tell: those that stand in it. */
export function searchable(header: DicomJson, wanted: readonly number[] | 'all'): DicomJson {
  const tags = wanted === 'all' ? undefined : new Set(wanted);
  return Object.fromEntries(
    Object.entries(header).filter(
      ([tag, { BulkDataURI }]) => BulkDataURI === undefined && (tags?.has(Number.parseInt(tag, 16)) ?? true),
    ),
  );
}
