import { isUniversal } from '@medserve/archive';
import { indexedAttributes, REQUEST_ATTRIBUTES, requestAttributes, tagOf, type IndexLevel } from '@medserve/imaging';
import type { Key, Level } from './read-identifier';

/** What is counted of a match, by its level. */
const COUNTED: Readonly<Record<Level, readonly string[]>> = {
  PATIENT: ['NumberOfPatientRelatedStudies', 'NumberOfPatientRelatedSeries', 'NumberOfPatientRelatedInstances'],
  STUDY: ['NumberOfStudyRelatedSeries', 'NumberOfStudyRelatedInstances'],
  SERIES: ['NumberOfSeriesRelatedInstances'],
  IMAGE: [],
};
/** Made for the answer, and matched where that can choose something. */
const MADE = ['ModalitiesInStudy', 'SOPClassesInStudy', 'InstanceAvailability'].map(tagOf);

const LEVELS: readonly Level[] = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'];
const FIRST_TOLD: Readonly<Record<IndexLevel, Level>> = { study: 'PATIENT', series: 'SERIES', instance: 'IMAGE' };

const isAtOrAbove = (one: Level, level: Level): boolean => LEVELS.indexOf(one) <= LEVELS.indexOf(level);

/**
 * Whether a key of C-FIND chooses as it says, and is known of a match: that one does not is told by the status of each match
 * (PS3.4 C.4.1.1.4).
 */
export function isSupported({ tag, value, items = [] }: Key, level: Level): boolean {
  const indexed = indexedAttributes().get(tag);
  if (indexed !== undefined) return isAtOrAbove(FIRST_TOLD[indexed.level], level) && items.every(isOfRequest(tag));
  return MADE.includes(tag) || (isUniversal({ value }) && isCounted(tag, level));
}

/** The numbers of a patient are those of all of its studies: they are told of the patient alone. */
const isCounted = (tag: number, level: Level): boolean =>
  LEVELS.some(
    (one) =>
      (one === level || (one !== 'PATIENT' && isAtOrAbove(one, level))) &&
      COUNTED[one].some((keyword) => tagOf(keyword) === tag),
  );

const isOfRequest =
  (sequence: number) =>
  ({ tag }: Key): boolean =>
    sequence === REQUEST_ATTRIBUTES && requestAttributes().has(tag);
