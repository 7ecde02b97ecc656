import type { Sensitive } from './sensitive';

/** Whom a file shows and of which study it is, in the words of its header. Absent members were absent or empty there. */
export interface PatientIdentity {
  readonly patientId?: Sensitive<string>;
  /** Who gave the id: ids are unique within their issuer only. */
  readonly issuer?: Sensitive<string>;
  readonly studyInstanceUid?: Sensitive<string>;
}
