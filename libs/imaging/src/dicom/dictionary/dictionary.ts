import { ATTRIBUTES } from './attributes.generated';

/** One attribute of the data dictionary (PS3.6). */
export interface Attribute {
  /** `group << 16 | element`, unsigned; of a repeating group, that of the first. */
  readonly tag: number;
  /** Two where other attributes decide: `US|SS`, `OB|OW`, `US|OW`; `-` of what has none (items and delimiters). */
  readonly vr: string;
  /** Value multiplicity, as `1`, `2`, `1-n`, `3-3n`. */
  readonly vm: string;
  readonly keyword: string;
}

interface Tables {
  readonly byTag: ReadonlyMap<number, Attribute>;
  readonly byKeyword: ReadonlyMap<string, Attribute>;
}

let tables: Tables | undefined;

/** Read on first use: a process that meets no DICOM does without. */
const dictionary = (): Tables => (tables ??= readTables());

function readTables(): Tables {
  const byTag = new Map<number, Attribute>();
  const byKeyword = new Map<string, Attribute>();
  let group = 0;
  for (const line of ATTRIBUTES.split('\n')) {
    const [element = '', vr, vm, keyword] = line.split(' ');
    if (vr === undefined || vm === undefined || keyword === undefined) {
      group = Number.parseInt(element, 16) * 0x10000;
      continue;
    }
    const attribute = { tag: group + Number.parseInt(element, 16), vr, vm, keyword };
    byTag.set(attribute.tag, attribute);
    if (!byKeyword.has(keyword)) byKeyword.set(keyword, attribute);
  }
  return { byTag, byKeyword };
}

/** Curves (50xx) and overlays (60xx) repeat for every even group up to 1E (PS3.5 7.6). */
function firstOfRepeated(tag: number): number {
  const family = tag >>> 24;
  const isRepeated = (family === 0x50 || family === 0x60) && (tag & 0x00ff0000) <= 0x001e0000 && !isPrivate(tag);
  return isRepeated ? (tag & 0xff00ffff) >>> 0 : tag;
}

/** Of an odd group (PS3.5 7.8). */
export const isPrivate = (tag: number): boolean => (tag & 0x00010000) !== 0;

/** Whether the element names who defined a block of private ones (PS3.5 7.8.1). */
export const isPrivateCreator = (tag: number): boolean =>
  isPrivate(tag) && (tag & 0xffff) >= 0x0010 && (tag & 0xffff) <= 0x00ff;

/** @returns undefined of private tags and of what the standard does not have */
export const attributeOf = (tag: number): Attribute | undefined =>
  isPrivate(tag) ? undefined : dictionary().byTag.get(firstOfRepeated(tag));

export const tagOf = (keyword: string): number | undefined => dictionary().byKeyword.get(keyword)?.tag;

export const keywordOf = (tag: number): string | undefined => attributeOf(tag)?.keyword;

/**
 * The VR that an element has where its encoding does not say it (implicit VR, PS3.5 A.1 and 6.2.2): `UN` of what the dictionary
 * does not have.
 *
 * @param signed whether Pixel Representation is 1, for the attributes that have the sign of the pixels
 */
export function vrOf(tag: number, signed = false): string {
  if ((tag & 0xffff) === 0) return 'UL';
  if (isPrivateCreator(tag)) return 'LO';
  const vr = attributeOf(tag)?.vr ?? 'UN';
  switch (vr) {
    case 'US|SS':
      return signed ? 'SS' : 'US';
    case 'OB|OW':
    case 'US|OW':
      return 'OW';
    case '-':
      return 'UN';
    default:
      return vr;
  }
}

/** `0020000D`: how DICOM JSON, XML and the paths of DICOMweb spell a tag. */
export const hexOf = (tag: number): string => tag.toString(16).padStart(8, '0').toUpperCase();

/**
 * The tag that an attribute is named by (PS3.18 8.3.4.1): eight hexadecimal digits or a keyword.
 *
 * @returns undefined of a word that is neither
 */
export const tagNamed = (name: string): number | undefined =>
  /^[0-9a-fA-F]{8}$/.test(name) ? Number.parseInt(name, 16) : tagOf(name);
