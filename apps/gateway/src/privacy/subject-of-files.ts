import type { PatientIdentity, Sensitive } from '@medserve/clinical';
import { onePatient } from './one-patient';
import { subjectHashes, type References, type SubjectHashes } from './subject-hashes';

/** What a request says of whom its files show, beside their headers. */
export interface ToldSubject {
  readonly patientKey?: Sensitive<string> | undefined;
  /** Keyed hashes of whom files were uploaded for that the request speaks of. */
  readonly filedFor?: readonly string[] | undefined;
}

/**
 * Whom the files of a request show.
 *
 * @throws ServingError `invalid_request` where files were uploaded for several
 */
export function subjectOfFiles(
  references: References,
  tenant: string,
  identity: PatientIdentity | undefined,
  { patientKey, filedFor = [] }: ToldSubject,
): SubjectHashes {
  if (filedFor.length === 0) return subjectHashes(references, tenant, identity, patientKey);
  const told = subjectHashes(references, tenant, identity);
  const { patient: asked } = subjectHashes(references, tenant, undefined, patientKey);
  return onePatient(
    filedFor.map((hash) => ({ told, filedFor: hash })),
    asked,
    'inputs',
  );
}
