import { TAG } from '../../dicom/tags';
import { decodeText } from '../../dicom/character-sets';
import type { DataSet } from '../../dicom/data-set';
import type { DataSetOut, ElementOut, TextVr } from '../../dicom/write/element';
import { isAscii } from '../../dicom/write/encode-text';
import { merged, dataSetOf } from './data-set-of';

/** VRs whose text is in the character set of the object (PS3.5 6.1.2.2). */
const TEXT: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** Terms that are told apart when text is read (PS3.3 C.12.1.1.2); the first of several may be empty. */
const TERM = /^(ISO_IR \d+|ISO 2022 IR \d+|GB18030|GBK)$/;

/**
 * One character set for what was copied and what we add. As long as ours is ASCII, which all sets contain, the copies stay as they
 * are. Else the whole object goes into UTF-8, where nothing is lost; and where the copies cannot be read for certain, our own words
 * are written in the nearest ASCII letters.
 */
export function inOneCharacterSet(dataSet: DataSetOut, source: DataSet): DataSetOut {
  if (!someText(dataSet, (element) => 'value' in element && !isAscii(String(element.value)))) return dataSet;
  const declared = source.text(TAG.specificCharacterSet) ?? '';
  if (declared === 'ISO_IR 192') return dataSet;
  // Escape sequences are ASCII bytes too, and what follows them is not.
  const isPlain = !someText(
    dataSet,
    (element) => 'bytes' in element && /[^\0-\x1a\x1c-\x7f]/.test(element.bytes.toString('latin1')),
  );
  const inUtf8 = isPlain ? dataSet : decoded(dataSet, declared);
  if (inUtf8 === undefined) {
    return mapText(dataSet, (element) => ('value' in element ? asciiOf(element) : element));
  }
  return merged(inUtf8, dataSetOf({ SpecificCharacterSet: 'ISO_IR 192' }));
}

/** With all text in UTF-8; undefined where that of the source is not certain. */
function decoded(dataSet: DataSetOut, declared: string): DataSetOut | undefined {
  const terms = declared.split('\\').map((term) => term.trim());
  if (declared === '' || !terms.every((term, index) => TERM.test(term) || (term === '' && index === 0)))
    return undefined;
  let doubtful = 0;
  const inUtf8 = mapText(dataSet, (element) => {
    if (!('bytes' in element)) return element;
    const text = decodeText(element.bytes, declared).trimEnd();
    if (text.includes('\ufffd')) doubtful += 1;
    return { vr: element.vr, bytes: Buffer.from(text, 'utf8') };
  });
  return doubtful === 0 ? inUtf8 : undefined;
}

/** "é" as "e", "ü" as "u"; what has no such letter as a question mark. */
export const inAscii = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[^\n\r\t\x20-\x7e]/gu, '?');

const asciiOf = ({ vr, value }: ElementOut & { value: unknown }): ElementOut => {
  const values = (Array.isArray(value) ? value : [value]) as string[];
  return { vr: vr as TextVr, value: values.map(inAscii) };
};

type TextElement = Extract<ElementOut, { value: unknown } | { bytes: unknown }>;

const isText = (element: ElementOut): element is TextElement => TEXT.has(element.vr);

function someText(dataSet: DataSetOut, test: (element: TextElement) => boolean): boolean {
  for (const element of dataSet.values()) {
    if ('items' in element ? element.items.some((item) => someText(item, test)) : isText(element) && test(element)) {
      return true;
    }
  }
  return false;
}

function mapText(dataSet: DataSetOut, change: (element: TextElement) => ElementOut): DataSetOut {
  return new Map(
    [...dataSet].map(([tag, element]): [number, ElementOut] => {
      if ('items' in element) return [tag, { vr: 'SQ', items: element.items.map((item) => mapText(item, change)) }];
      return [tag, isText(element) ? change(element) : element];
    }),
  );
}
