import type { Coded, StudyContext } from '@medserve/clinical';
import { unitOf } from '../codes/units';
import { dayOf, zoneOf } from '../study-time';
import { narrativeDiv } from '../words/html';
import { plain } from '../words/plain';
import type { CodeableConcept, Coding, Identifier, Narrative, Quantity } from './r4';

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';

/** Members that are undefined are left out: FHIR knows no null. */
export function given<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** The list, or nothing where it is empty: FHIR knows no empty lists. */
export const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

export const terminology = (system: string, code: string, display?: string): CodeableConcept => ({
  coding: [{ system: `${TERMINOLOGY}/${system}`, code, ...(display === undefined ? {} : { display }) }],
});

/** @param ownSystem of codes that name none: they are their model's */
const codingOf = ({ code, system, display }: Coded, ownSystem: string): Coding => ({
  system: system ?? ownSystem,
  code: codeOf(code) || 'unnamed',
  ...(display === '' ? {} : { display }),
});

/** A word as FHIR's type `code` may hold it: no space at its ends, and no more than one between its parts. */
export const codeOf = (word: string): string => plain(word).trim().replace(/\s+/g, ' ');

export function conceptOf(codes: readonly Coded[], ownSystem: string, text?: string): CodeableConcept {
  const words = text ?? codes.map(({ display }) => display).join(', ');
  return {
    ...(codes.length === 0 ? {} : { coding: codes.map((code) => codingOf(code, ownSystem)) }),
    ...(words === '' ? {} : { text: words }),
  };
}

export function quantityOf(value: number, unit: string): Quantity {
  const { code, system = '', display } = unitOf(unit);
  return { value, unit: display, system, code };
}

/** A DICOM UID as an identifier (https://hl7.org/fhir/R4/imagingstudy.html, 8.16.4). */
export const uidIdentifier = (uid: string): Identifier => ({ system: 'urn:dicom:uid', value: `urn:oid:${uid}` });

export const accessionIdentifier = (value: string): Identifier => ({
  type: terminology('v2-0203', 'ACSN', 'Accession ID'),
  value,
});

/**
 * When the study began: with its time only where the header says of which zone it is, since a FHIR time without one is none
 * (https://hl7.org/fhir/R4/datatypes.html#dateTime).
 */
export function startedOf({ date, time, utcOffset }: StudyContext['study']): string | undefined {
  const day = dayOf(date);
  if (day === undefined) return undefined;
  const written = `${day.year}-${day.month}-${day.day}`;
  const [, hour, minute, second = '00'] = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)?/.exec(time ?? '') ?? [];
  const zone = zoneOf(utcOffset);
  if (hour === undefined || minute === undefined || zone === undefined) return written;
  return `${written}T${hour}:${minute}:${second}${zone.slice(0, 3)}:${zone.slice(3)}`;
}

export const narrative = (lines: readonly string[]): Narrative => ({ status: 'generated', div: narrativeDiv(lines) });
