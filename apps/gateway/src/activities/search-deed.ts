import { isUniversal, type Match } from '@medserve/archive';
import { isUid } from '@medserve/imaging';
import type { References } from '../privacy/subject-hashes';
import type { Deed } from './activities';

const STUDY_INSTANCE_UID = 0x0020000d;
const PATIENT_ID = 0x00100020;
const ISSUER_OF_PATIENT_ID = 0x00100021;

/** A search of studies, workitems, or what was made of studies. */
export interface Searched {
  readonly tenant: string;
  readonly door: 'qido' | 'dimse' | 'ups' | 'fhir';
  readonly level: string;
  /** How many attributes had to match. */
  readonly keys: number;
  readonly study?: string | undefined;
  readonly patient?: { readonly id: string; readonly issuer?: string | undefined } | undefined;
  /** Found, where that is known before the first of them is told. */
  readonly matches?: number | undefined;
}

/**
 * A search as its entry in the ledger (DICOM PS3.15 A.5.3.10, Query). The query is not in it, since patients are in queries: of its
 * values only the hashes of one study and of one patient, where it named them.
 */
export function searchDeed(
  references: Pick<References, 'study' | 'patient'>,
  { tenant, door, level, keys, study, patient, matches }: Searched,
): Deed {
  return {
    event: 'study_searched',
    subject: study === undefined ? `archive:${level}` : `study:${references.study(tenant, study)}`,
    outcome: 'success',
    ...(patient === undefined ? {} : { patient: references.patient(tenant, patient) }),
    facts: { door, level, keys, ...(matches === undefined ? {} : { matches }) },
  };
}

/** What the keys of a search say of whom and what it is. */
export function askedIn(match: readonly Match[]): Pick<Searched, 'keys' | 'study' | 'patient'> {
  const valueOf = (wanted: number): string | undefined =>
    oneOf([match.find(({ tag, sequence }) => tag === wanted && sequence === undefined)?.value ?? '']);
  const id = valueOf(PATIENT_ID);
  const study = valueOf(STUDY_INSTANCE_UID);
  return {
    keys: match.filter((key) => !isUniversal(key)).length,
    // A list of them may stand between commas, too.
    study: study !== undefined && isUid(study) ? study : undefined,
    patient: id === undefined ? undefined : { id, issuer: valueOf(ISSUER_OF_PATIENT_ID) },
  };
}

/** The one value of a key that names one thing, and is no list and no pattern. */
export function oneOf(values: readonly string[] = []): string | undefined {
  const value = values.length === 1 ? values[0]?.trim() : undefined;
  return value === undefined || value === '' || /[\\*?]/.test(value) ? undefined : value;
}
