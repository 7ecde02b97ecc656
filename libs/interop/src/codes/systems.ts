import type { Coded } from '@medserve/clinical';

/** Code systems by the addresses that FHIR knows them by (https://hl7.org/fhir/R4/terminologies-systems.html). */
export const SYSTEM = {
  dicom: 'http://dicom.nema.org/resources/ontology/DCM',
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
  yesNo: 'http://terminology.hl7.org/CodeSystem/v2-0136',
} as const;

/** The same in HL7 v2 (table 0396). */
const CODING_SYSTEMS: Readonly<Record<string, string>> = {
  [SYSTEM.dicom]: 'DCM',
  [SYSTEM.snomed]: 'SCT',
  [SYSTEM.loinc]: 'LN',
  [SYSTEM.ucum]: 'UCUM',
  [SYSTEM.yesNo]: 'HL70136',
  'http://radlex.org': 'RADLEX',
  'http://hl7.org/fhir/sid/icd-10': 'I10',
  'http://hl7.org/fhir/sid/icd-10-cm': 'I10C',
};

/** Codes of our own begin with 99 there. */
const OWN_CODING_SYSTEM = '99MEDSERVE';

export const codingSystemOf = (system: string | undefined): string =>
  (system === undefined ? undefined : CODING_SYSTEMS[system]) ?? OWN_CODING_SYSTEM;

/** Names a code system of whoever made the model, where its labels say none. */
export const labelSystemOf = (model: string): string => `urn:medserve:label:${encodeURIComponent(model)}`;

const coded =
  (system: string) =>
  (code: string, display: string): Coded => ({ system, code, display });

const dicom = coded(SYSTEM.dicom);
const snomed = coded(SYSTEM.snomed);
const loinc = coded(SYSTEM.loinc);
const yesNo = coded(SYSTEM.yesNo);

/** DICOM PS3.16, Annex D. */
export const FINDING = dicom('121071', 'Finding');
export const CERTAINTY = dicom('111012', 'Certainty of Finding');
export const IMAGE_REGION = dicom('111030', 'Image Region');
export const MEASUREMENTS = dicom('126010', 'Imaging Measurements');
export const SERIES_UID = dicom('112002', 'Series Instance UID');
export const ARTIFICIAL_INTELLIGENCE = dicom('123110', 'Artificial Intelligence');

/** DICOM has no concept for it: the keyword of (0008,0018), PS3.6. */
export const SOP_INSTANCE_UID = coded('urn:medserve:dicom:keyword')('SOPInstanceUID', 'SOP Instance UID');

export const FINDINGS_TEXT = loinc('59776-5', 'Procedure findings');
export const IMPRESSION_TEXT = loinc('19005-8', 'Radiology Imaging study [Impression] (narrative)');

export const NEGATIVE = snomed('260385009', 'Negative');
export const ABSENT = snomed('2667000', 'Absent');

export const YES = yesNo('Y', 'Yes');
export const NO = yesNo('N', 'No');
