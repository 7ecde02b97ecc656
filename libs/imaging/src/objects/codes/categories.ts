import { sct, type Code } from './code';

const TISSUE = sct('85756007', 'Tissue');
const ANATOMY = sct('91723000', 'Anatomical Structure');
const ABNORMAL = sct('49755003', 'Morphologically Abnormal Structure');
const SUBSTANCE = sct('105590001', 'Substance');

/** Where nothing tells what kind of thing a segment is. */
const BODY_STRUCTURE = sct('123037004', 'Body structure');

/** SNOMED CT codes of labels, to the category that PS3.16 CID 7150 has for them. */
const CATEGORIES: Readonly<Record<string, Code>> = {
  '272673000': TISSUE,
  '256674009': TISSUE,
  '87784001': TISSUE,
  '389081007': ANATOMY,
  '389080008': ANATOMY,
  '71616004': TISSUE,
  '12738006': ANATOMY,
  '39607008': ANATOMY,
  '59820001': ANATOMY,
  '5665001': ANATOMY,
  '15158005': SUBSTANCE,
  '87612001': SUBSTANCE,
  '27925004': ABNORMAL,
  '4147007': ABNORMAL,
  '50960005': ABNORMAL,
};

export const categoryOf = (label: Code): Code =>
  (label.scheme === 'SCT' ? CATEGORIES[label.value] : undefined) ?? BODY_STRUCTURE;
