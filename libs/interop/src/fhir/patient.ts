import type { StudyContext } from '@medserve/clinical';
import { given, terminology } from './elements';
import type { Reference } from './r4';

/** A system of ids of an issuer that is known by a name alone. */
const issuerSystem = (issuer: string): string => {
  if (/^[0-2](\.(0|[1-9]\d*))+$/.test(issuer)) return `urn:oid:${issuer}`;
  return /^(https?:\/\/|urn:)[^\s]+$/.test(issuer) ? issuer : `urn:medserve:issuer:${encodeURIComponent(issuer)}`;
};

/** The patient by the identifier that the images carry; undefined where they carry none. No other words of the patient go along. */
export function patientReference(context: StudyContext | undefined): Reference | undefined {
  const { id, issuer } = context?.patient ?? {};
  if (id === undefined) return undefined;
  return {
    type: 'Patient',
    identifier: given({
      type: terminology('v2-0203', 'MR', 'Medical record number'),
      system: issuer === undefined ? undefined : issuerSystem(issuer),
      value: id,
      assigner: issuer === undefined ? undefined : { display: issuer },
    }),
  };
}
