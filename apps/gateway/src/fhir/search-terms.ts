import { isId } from '@medserve/events';
import type { ResourceType } from '@medserve/interop';

/** One of the alternatives that a parameter of a search names. */
export type Term =
  /** Everything that belongs to a result. */
  | { readonly by: 'result'; readonly value: string }
  /** A resource by its own id. */
  | { readonly by: 'resource'; readonly value: string }
  /** What was made of a study, by its Study Instance UID; what was made for an order, by its accession number. */
  | { readonly by: 'study' | 'accession'; readonly value: string }
  /** A resource by an identifier that it carries, of any system or any value where none is named: found among what other parameters find. */
  | { readonly by: 'identifier'; readonly system?: string; readonly value?: string };

const RESULT_SYSTEM = 'urn:medserve:result';
const UID_SYSTEM = 'urn:dicom:uid';
const UID = /^urn:oid:/;

/** The values of a parameter: a comma means "or" where no backslash stands before it (https://hl7.org/fhir/R4/search.html#escaping). */
export const alternatives = (written: string): string[] => written.match(/(?:\\.|[^,\\])+/gs) ?? [];

const unescaped = (text: string): string => text.replaceAll(/\\([\\,|$])/g, '$1');

/** Ids of results are UUIDs, which are read in either case. */
export const resultTerm = (token: string): Term => {
  const { system, value } = partsOf(token);
  if (value === '') return anyOf(system);
  return system === undefined || system === RESULT_SYSTEM
    ? { by: 'result', value: value.toLowerCase() }
    : { by: 'identifier', system, value };
};

/** Ids of resources are told apart by case (https://hl7.org/fhir/R4/resource.html#id), those of results among them. */
export const resourceTerm = (token: string): Term => ({ by: 'resource', value: unescaped(token) });

/**
 * What an identifier means. The id of a result finds all that belongs to it, whether that carries it or not: observations, models and
 * audit events do not. Of an ImagingStudy the two identifiers that it has are found wherever its results are.
 */
export function identifierTerm(type: ResourceType, token: string): Term {
  const { system, value } = partsOf(token);
  if (value === '') return anyOf(system);
  if (system === RESULT_SYSTEM || (system === undefined && isId(value)))
    return { by: 'result', value: value.toLowerCase() };
  if (type === 'ImagingStudy') {
    const isUid = UID.test(value);
    if (system === UID_SYSTEM || (system === undefined && isUid)) return { by: 'study', value: value.replace(UID, '') };
    // An accession number has no system, which `|value` asks for and `value` allows.
    if (system === undefined || system === '') return { by: 'accession', value };
  }
  return { by: 'identifier', value, ...(system === undefined ? {} : { system }) };
}

/** `system|`: whatever has an identifier of the system. It names nothing that is looked up, of which nothing would be an answer. */
const anyOf = (system: string | undefined): Term => ({ by: 'identifier', ...(system === undefined ? {} : { system }) });

/** A token (https://hl7.org/fhir/R4/search.html#token): `value`, `system|value`, `system|`, or `|value` of what has no system. */
function partsOf(token: string): { readonly system?: string; readonly value: string } {
  const [, system, value] = /^((?:\\.|[^|\\])*)\|(.*)$/s.exec(token) ?? [];
  return system === undefined || value === undefined
    ? { value: unescaped(token) }
    : { system: unescaped(system), value: unescaped(value) };
}
