import { indexedAttributes, tagOf, type IndexLevel } from '@medserve/imaging';

/** What a key is compared with: a column of text, a column of texts, or an element of the attributes. */
export interface SearchedKey {
  readonly level: IndexLevel;
  readonly vr: string;
  readonly tag: number;
  readonly column?: { readonly name: string; readonly isList: boolean };
}

/** Alias of each level's table. */
export const ALIAS: Readonly<Record<IndexLevel, string>> = { study: 's', series: 'r', instance: 'i' };

export const LEVELS: readonly IndexLevel[] = ['study', 'series', 'instance'];

type Column = readonly [keyword: string, level: IndexLevel, vr: string, name: string, isList?: boolean];

const COLUMNS: readonly Column[] = [
  ['StudyInstanceUID', 'study', 'UI', 'study_uid'],
  ['SeriesInstanceUID', 'series', 'UI', 'series_uid'],
  ['SOPInstanceUID', 'instance', 'UI', 'sop_instance_uid'],
  ['SOPClassUID', 'instance', 'UI', 'sop_class_uid'],
  ['PatientID', 'study', 'LO', 'patient_id'],
  ['AccessionNumber', 'study', 'SH', 'accession'],
  ['StudyDate', 'study', 'DA', 'study_date'],
  ['ModalitiesInStudy', 'study', 'CS', 'modalities', true],
  ['SOPClassesInStudy', 'study', 'UI', 'sop_classes', true],
];

let keys: ReadonlyMap<number, SearchedKey> | undefined;

/** Built on first use: it stands on the dictionary. */
export function searchedKeys(): ReadonlyMap<number, SearchedKey> {
  if (keys !== undefined) return keys;
  const found = new Map<number, SearchedKey>();
  for (const { tag, vr, level } of indexedAttributes().values()) {
    if (vr !== 'SQ') found.set(tag, { tag, vr, level });
  }
  for (const [keyword, level, vr, name, isList = false] of COLUMNS) {
    const tag = tagOf(keyword);
    if (tag !== undefined) found.set(tag, { tag, vr, level, column: { name, isList } });
  }
  return (keys = found);
}
