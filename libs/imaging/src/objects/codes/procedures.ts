import { dcm, sct, type Code } from './code';

const ln = (value: string, meaning: string): Code => ({ value, scheme: 'LN', meaning });

/**
 * The imaging that was done, by the modality of its images: what every edition of PS3.16 CID 100 has. Codes that came later, for X-rays
 * and angiography, are faults to validators that know an earlier one.
 */
const PROCEDURES: Readonly<Record<string, Code>> = {
  CT: ln('25045-6', 'CT unspecified body region'),
  MR: ln('25056-3', 'MRI unspecified body region'),
  NM: ln('49118-3', 'NM unspecified body region'),
  PT: ln('44136-0', 'PET unspecified body region'),
};

export const procedureOf = (modality: string): Code => PROCEDURES[modality] ?? sct('363679005', 'Imaging procedure');

/** Acquisition modalities (PS3.16 CID 29) as the standard words them. */
const MODALITIES: Readonly<Record<string, string>> = {
  CR: 'Computed Radiography',
  CT: 'Computed Tomography',
  DX: 'Digital Radiography',
  ES: 'Endoscopy',
  GM: 'General Microscopy',
  IO: 'Intra-oral Radiography',
  IVUS: 'Intravascular Ultrasound',
  MG: 'Mammography',
  MR: 'Magnetic Resonance',
  NM: 'Nuclear Medicine',
  OP: 'Ophthalmic Photography',
  OPT: 'Ophthalmic Tomography',
  PT: 'Positron emission tomography',
  PX: 'Panoramic X-Ray',
  RF: 'Radiofluoroscopy',
  RG: 'Radiographic imaging',
  SM: 'Slide Microscopy',
  US: 'Ultrasound',
  XA: 'X-Ray Angiography',
  XC: 'External-camera Photography',
};

/** @returns undefined of what acquires nothing, such as OT */
export function modalityCode(modality: string): Code | undefined {
  const meaning = MODALITIES[modality];
  return meaning === undefined ? undefined : dcm(modality, meaning);
}
