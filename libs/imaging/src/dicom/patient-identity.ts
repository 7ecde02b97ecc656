import { Sensitive, type PatientIdentity } from '@medserve/clinical';
import { decodeText } from './character-sets';
import type { DataSet } from './data-set';
import { TAG } from './tags';

/** Values longer than any that the standard allows for these attributes (PS3.5, 6.2) are not taken for one. */
const MAX_CHARACTERS = 64;

/** Whom the object shows, as its header says it; it leaves this function wrapped. */
export function readPatientIdentity(dataSet: DataSet): PatientIdentity {
  const patientId = textOf(dataSet, TAG.patientId);
  const issuer = textOf(dataSet, TAG.issuerOfPatientId);
  const studyInstanceUid = dataSet.uid(TAG.studyInstanceUid);
  return {
    ...(patientId === undefined ? {} : { patientId: new Sensitive(patientId) }),
    ...(issuer === undefined ? {} : { issuer: new Sensitive(issuer) }),
    ...(studyInstanceUid === undefined ? {} : { studyInstanceUid: new Sensitive(studyInstanceUid) }),
  };
}

function textOf(dataSet: DataSet, tag: number): string | undefined {
  const element = dataSet.elements.get(tag);
  if (element === undefined || !dataSet.has(tag) || element.length > 4 * MAX_CHARACTERS) return undefined;
  // The first value, where somebody wrote several: the archive knows the patient by it, too.
  const [text = ''] = decodeText(dataSet.value(element), dataSet.text(TAG.specificCharacterSet)).split('\\');
  const trimmed = text.replace(/\0+$/, '').trim();
  return trimmed === '' || trimmed.length > MAX_CHARACTERS ? undefined : trimmed;
}

/** Whether two files can be of one patient: what one of them does not say, it does not deny. */
export function isSamePatient(one: PatientIdentity, other: PatientIdentity): boolean {
  const [id, otherId] = [one.patientId?.reveal('comparison'), other.patientId?.reveal('comparison')];
  const [issuer, otherIssuer] = [one.issuer?.reveal('comparison'), other.issuer?.reveal('comparison')];
  const agree = (a: string | undefined, b: string | undefined): boolean =>
    a === undefined || b === undefined || a === b;
  return agree(id, otherId) && agree(issuer, otherIssuer);
}
