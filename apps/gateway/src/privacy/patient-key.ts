import { Sensitive } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';

/** Header and metadata key by which a caller says whom an input shows, in words of its own that say nothing to others. */
export const PATIENT_KEY = 'x-medserve-patient-key';

const PATTERN = /^[\x21-\x7e]{1,128}$/;

/**
 * The caller's key of a patient, by which kept answers can be forgotten. It is hashed under a salt before anything is kept.
 *
 * @throws ServingError `invalid_request`
 */
export function readPatientKey(header: unknown): Sensitive<string> | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && PATTERN.test(header)) return new Sensitive(header);
  throw new ServingError('invalid_request', 'The key of the patient is not one.', {
    field: PATIENT_KEY,
    limit: '1 to 128 printable ASCII characters without spaces, once',
  });
}
