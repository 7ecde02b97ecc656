import { ServingError } from '@medserve/errors';
import { PATIENT_KEY } from '../privacy/patient-key';

/**
 * Whom a turn is about, as a keyed hash in hex: a session is about the patient whom the first turn names that names one, since later
 * answers may repeat what was said of them. Undefined while nobody was named.
 *
 * @param before whom the session is about so far
 * @param named whom the turn names, by its images or by a key
 * @throws ServingError `invalid_request` where these are two
 */
export function patientOfTurn(
  before: string | null,
  named: string | undefined,
  { hasKey }: { readonly hasKey: boolean },
): string | undefined {
  if (before === null || named === undefined || named === before) return before ?? named;
  throw new ServingError('invalid_request', 'The turn names another patient than the session is about.', {
    field: hasKey ? PATIENT_KEY : 'inputs',
    remedy: 'Open another session: one is about one patient.',
  });
}
