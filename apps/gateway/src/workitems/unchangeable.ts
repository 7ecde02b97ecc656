import { isDeepStrictEqual } from 'node:util';
import { ServingError } from '@medserve/errors';
import { keywordOf } from '@medserve/imaging';
import { UPS_TAG, valuesOf, type WorkitemDataSet } from '@medserve/studies';

/**
 * What says which workitem it is, whose, and for which order, and what only changes of its state change: Not Allowed in N-SET (PS3.4
 * tables CC.2.5-2e and CC.2.5-3).
 */
const UNCHANGEABLE = [
  UPS_TAG.sopClassUid,
  UPS_TAG.sopInstanceUid,
  // Admitting diagnoses, as text and as codes.
  '00081080',
  '00081084',
  UPS_TAG.patientName,
  UPS_TAG.patientId,
  // Issuer of the patient ID, and its qualifiers.
  '00100021',
  '00100024',
  UPS_TAG.birthDate,
  UPS_TAG.sex,
  // Admission ID and its issuer.
  '00380010',
  '00380014',
  UPS_TAG.requests,
  UPS_TAG.state,
  // Procedure steps that it stands in place of.
  '00741224',
] as const;

/**
 * Refuses an update that would make it another's workitem. The same values may be sent, as clients send back all that they got.
 *
 * @param known all of the workitem, with its UID and state
 * @throws ServingError `invalid_request` naming the attribute
 */
export function refuseOthers(known: WorkitemDataSet, changes: WorkitemDataSet): void {
  for (const tag of UNCHANGEABLE) {
    if (changes[tag] === undefined || isDeepStrictEqual(saidBy(known, tag), saidBy(changes, tag))) continue;
    const field = keywordOf(Number.parseInt(tag, 16)) ?? tag;
    const remedy =
      tag === UPS_TAG.state
        ? 'Change the state by PUT /workitems/{workitem}/state.'
        : 'Leave it out; where it is wrong, cancel the workitem and create another.';
    throw new ServingError('invalid_request', 'An update does not change this attribute.', { field, remedy });
  }
}

/** What values say, however they are written: a number may be text, a name a text, and what is empty may be left out. */
const saidBy = (dataSet: WorkitemDataSet, tag: string): readonly unknown[] => {
  const isName = dataSet[tag]?.vr === 'PN';
  const values = valuesOf(dataSet, tag).map((value) => (isName ? nameSaid(value) : valueSaid(value)));
  return values.every((value) => value === '') ? [] : values;
};

const valueSaid = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? itemSaid(value as WorkitemDataSet) : textSaid(value);

const itemSaid = (item: WorkitemDataSet): unknown =>
  Object.fromEntries(
    Object.keys(item)
      .map((tag) => [tag, saidBy(item, tag)] as const)
      .filter(([, values]) => values.length > 0),
  );

/** Groups of components in their order (PS3.5 6.2.1); what is empty at the end of a name says nothing. */
function nameSaid(value: unknown): string {
  if (typeof value !== 'object' || value === null) return textSaid(value).replace(/[\^=]+$/, '');
  const groups = value as Readonly<Record<string, unknown>>;
  const parts = ['Alphabetic', 'Ideographic', 'Phonetic'].map((name) => textSaid(groups[name]).replace(/\^+$/, ''));
  return parts.join('=').replace(/=+$/, '');
}

const textSaid = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
