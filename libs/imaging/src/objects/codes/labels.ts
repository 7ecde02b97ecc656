import { sct, type Code } from './code';

/**
 * Labels that models give without a code system, in lower case with hyphens, where the word means one thing in every image. A word
 * that depends on where it stands ("mass", "opacity", "lesion" of what?) has the general concept; one that no table of PS3.16 has
 * stays the model's own.
 */
export const KNOWN_LABELS: Readonly<Record<string, Code>> = {
  // Anatomy (PS3.16 CID 4, CID 7166 and others).
  abdomen: sct('818981001', 'Abdomen'),
  bone: sct('272673000', 'Bone'),
  brain: sct('12738006', 'Brain'),
  breast: sct('76752008', 'Breast'),
  chest: sct('816094009', 'Chest'),
  fat: sct('256674009', 'Fat'),
  'grey-matter': sct('389081007', 'Gray Matter'),
  'gray-matter': sct('389081007', 'Gray Matter'),
  head: sct('69536005', 'Head'),
  lung: sct('39607008', 'Lung'),
  muscle: sct('71616004', 'Muscle'),
  'soft-tissue': sct('87784001', 'Soft tissue'),
  'white-matter': sct('389080008', 'White Matter'),
  air: sct('15158005', 'Air'),
  blood: sct('87612001', 'Blood'),
  'blood-vessel': sct('59820001', 'Blood Vessel'),
  vessel: sct('59820001', 'Blood Vessel'),
  retina: sct('5665001', 'Retina'),
  nucleus: sct('84640000', 'Nucleus'),
  // Findings.
  cardiomegaly: sct('287272002', 'Cardiomegaly'),
  edema: sct('79654002', 'Edema'),
  effusion: sct('41699000', 'Effusion'),
  haemorrhage: sct('50960005', 'Hemorrhage'),
  hemorrhage: sct('50960005', 'Hemorrhage'),
  mass: sct('4147007', 'Mass'),
  nodule: sct('27925004', 'Nodule'),
  'pericardial-effusion': sct('373945007', 'Pericardial effusion'),
  'pleural-effusion': sct('60046008', 'Pleural effusion'),
  pneumothorax: sct('36118008', 'Pneumothorax'),
  'pulmonary-edema': sct('19242006', 'Pulmonary edema'),
  normal: sct('17621005', 'Normal'),
  abnormal: sct('263654008', 'Abnormal'),
};
