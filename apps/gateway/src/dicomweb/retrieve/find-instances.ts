import type { KeptInstance, StudyKey } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import type { Principal } from '@medserve/security';
import type { DicomWebParts } from '../dicom-web';
import { parseUid } from '../parse-uid';

/** What the path of a retrieval names. */
export interface RetrievedPath {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

/** What is taken of the instances: a word of the record. */
export type Taken = 'instances' | 'metadata' | 'bulkdata' | 'frames' | 'rendered' | 'thumbnail';

/** @throws ServingError `invalid_request` */
const keyOf = ({ study, series, instance }: RetrievedPath): StudyKey => ({
  studyUid: parseUid(study, 'study'),
  ...(series === undefined ? {} : { seriesUid: parseUid(series, 'series') }),
  ...(instance === undefined ? {} : { sopInstanceUid: parseUid(instance, 'instance') }),
});

/**
 * The instances of a caller's own tenant that a path names.
 *
 * @throws ServingError `not_found`, also of what is another tenant's; `study_removed`
 */
export async function findInstances(
  { archive }: Pick<DicomWebParts, 'archive'>,
  by: Principal,
  path: RetrievedPath,
): Promise<readonly [KeptInstance, ...KeptInstance[]]> {
  const found = await archive.read(by.tenant, keyOf(path));
  if (found.kind === 'gone') {
    throw new ServingError('study_removed', 'The study was here, and was removed when its time was over.');
  }
  const [first, ...rest] = found.kind === 'found' ? found.instances : [];
  if (first === undefined) throw new ServingError('not_found', 'There is no such study, series or instance.');
  return [first, ...rest];
}

/** Puts on record that they are read. Resolves before a byte of them may leave. @throws ServingError `unavailable` */
export function tellRead(
  { activities, references }: Pick<DicomWebParts, 'activities' | 'references'>,
  by: Principal,
  [first, ...rest]: readonly [KeptInstance, ...KeptInstance[]],
  taken: Taken,
): Promise<void> {
  return activities.tell(by, {
    event: 'study_read',
    subject: `study:${references.study(by.tenant, first.studyUid)}`,
    outcome: 'success',
    ...(first.patient === undefined ? {} : { patient: first.patient }),
    facts: { door: 'wado', taken, instances: rest.length + 1 },
  });
}
