import type { StudyContext } from '@medserve/clinical';
import { dayOf } from '../study-time';
import { segment, type Field } from './segment';

/** Of whom no name is known: HL7 wants one of everybody. */
const UNKNOWN = 'UNKNOWN';

/**
 * @param authority who gave ids of which the image does not say it
 * @param stranger stands for a patient without an id, which HL7 wants of everybody: another for each study, or who files results by it
 *   would take several people for one. Table 0203 has `ANON` for such.
 */
export function pidSegment(
  patient: StudyContext['patient'] | undefined,
  authority: string,
  stranger: { readonly id: string; readonly authority: string },
): string {
  const { id, issuer, name, birthDate, sex } = patient ?? {};
  const [known, by, type] =
    id === undefined ? [stranger.id, stranger.authority, 'ANON'] : [id, issuer ?? authority, 'MR'];
  return segment('PID', [
    '1',
    undefined,
    [known, undefined, undefined, authorityOf(by), type],
    undefined,
    nameOf(name),
    undefined,
    dayOf(birthDate) === undefined ? undefined : birthDate,
    // Table 0001 has these of DICOM's three; `O` is other in both.
    sex !== undefined && /^[MFO]$/.test(sex) ? sex : 'U',
  ]);
}

/** An HD: an OID with its type, anything else as a local name. */
const authorityOf = (name: string): readonly (string | undefined)[] =>
  /^[0-2](\.(0|[1-9]\d*))+$/.test(name) ? [undefined, name, 'ISO'] : [name];

/** A DICOM name is Family^Given^Middle^Prefix^Suffix, an XPN Family^Given^Middle^Suffix^Prefix. */
function nameOf(name: string | undefined): Field {
  const parts = partsOf(name);
  return parts === undefined ? [UNKNOWN, ...none(5), 'U'] : [...parts, undefined, 'L'];
}

/** Somebody known by name alone, as an XCN; absent where there is no name. */
export function personOf(name: string | undefined): Field {
  const parts = partsOf(name);
  return parts === undefined ? undefined : [undefined, ...parts];
}

function partsOf(name: string | undefined): (string | undefined)[] | undefined {
  const [family, given, middle, prefix, suffix] = (name ?? '').split('^').map((part) => part.trim());
  const isNamed = [family, given, middle].some((part) => part !== undefined && part !== '');
  return isNamed ? [family, given, middle, suffix, prefix] : undefined;
}

const none = (count: number): undefined[] => Array<undefined>(count).fill(undefined);
