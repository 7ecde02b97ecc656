import type { PatientIdentity, Sensitive } from '@medserve/clinical';
import type { SubjectReferences } from '@medserve/security';

export type References = Pick<SubjectReferences, 'patient' | 'patientKey' | 'study' | 'words'>;

/** What stands in the records of a request for the patient and the study, in hex. */
export interface SubjectHashes {
  readonly patient?: string;
  readonly study?: string;
}

/**
 * The header of what was sent has the first word on whom it shows; where it says nothing, the key that the sender gave stands
 * for the patient.
 */
export function subjectHashes(
  references: References,
  tenant: string,
  { patientId, issuer, studyInstanceUid }: PatientIdentity = {},
  patientKey?: Sensitive<string>,
): SubjectHashes {
  const study =
    studyInstanceUid === undefined ? undefined : references.study(tenant, studyInstanceUid.reveal('reference'));
  const patient =
    patientId === undefined
      ? patientKey && references.patientKey(tenant, patientKey.reveal('reference'))
      : references.patient(tenant, { id: patientId.reveal('reference'), issuer: issuer?.reveal('reference') });
  return { ...(patient === undefined ? {} : { patient }), ...(study === undefined ? {} : { study }) };
}
