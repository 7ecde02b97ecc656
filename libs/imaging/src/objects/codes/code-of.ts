import type { Coded } from '@medserve/clinical';
import { own, type Code } from './code';
import { KNOWN_LABELS } from './labels';

/** Systems as FHIR spells them, to the designators of PS3.16 table 8-1. */
const SCHEMES: Readonly<Record<string, string>> = {
  'http://snomed.info/sct': 'SCT',
  'http://dicom.nema.org/resources/ontology/DCM': 'DCM',
  'http://loinc.org': 'LN',
  'http://unitsofmeasure.org': 'UCUM',
  'http://radlex.org': 'RADLEX',
  'http://www.radlex.org': 'RADLEX',
  'http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl': 'NCIt',
  'http://purl.org/sig/ont/fma': 'FMA',
  'http://terminology.hl7.org/CodeSystem/umls': 'UMLS',
};
const DESIGNATORS: ReadonlySet<string> = new Set(Object.values(SCHEMES));

/**
 * The code of something that an answer names: as it is where it comes from a system that DICOM knows; by the table where the label is
 * a model's own and means one thing only; else in our own scheme, under the model's word.
 */
export function codeOf({ code, system, display }: Coded): Code {
  const scheme = system === undefined ? undefined : (SCHEMES[system.replace(/[/#]$/, '')] ?? system);
  if (scheme !== undefined && DESIGNATORS.has(scheme)) return { value: code, scheme, meaning: display };
  const known = system === undefined ? KNOWN_LABELS[wordOf(code)] : undefined;
  return known ?? own(wordOf(code) === '' ? 'label' : code, display);
}

const wordOf = (code: string): string => code.toLowerCase().replace(/[_\s]+/g, '-');
