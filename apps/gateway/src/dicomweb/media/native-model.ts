import {
  inOrder,
  isPrivate,
  isPrivateCreator,
  keywordOf,
  type DicomJson,
  type DicomJsonElement,
  type DicomJsonValue,
} from '@medserve/imaging';

const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;
const PARTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for XML 1.0, which has no control characters but three. */
const escape = (text: string): string =>
  text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '').replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);

/** A data set in the Native DICOM Model (PS3.19 A.1): the same that the JSON model says. */
export const toNativeModel = (dataSet: DicomJson): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel>${attributesOf(dataSet)}</NativeDicomModel>`;

const attributesOf = (dataSet: DicomJson): string =>
  inOrder(dataSet)
    .map(([tag, element]) => {
      const keyword = keywordOf(Number.parseInt(tag, 16));
      const named = keyword === undefined ? creatorOf(dataSet, tag) : ` keyword="${keyword}"`;
      return `<DicomAttribute tag="${tag}" vr="${element.vr}"${named}>${contentOf(element)}</DicomAttribute>`;
    })
    .join('');

/** Who defined a private attribute (PS3.5 7.8.1): its tag alone says nothing. */
function creatorOf(dataSet: DicomJson, tag: string): string {
  const number = Number.parseInt(tag, 16);
  if (!isPrivate(number) || isPrivateCreator(number)) return '';
  const creator = dataSet[`${tag.slice(0, 4)}00${tag.slice(4, 6)}`]?.Value?.[0];
  return typeof creator === 'string' ? ` privateCreator="${escape(creator)}"` : '';
}

function contentOf({ Value, InlineBinary, BulkDataURI }: DicomJsonElement): string {
  if (BulkDataURI !== undefined) return `<BulkData uri="${escape(BulkDataURI)}"/>`;
  if (InlineBinary !== undefined) return `<InlineBinary>${InlineBinary}</InlineBinary>`;
  return (Value ?? []).map((value, at) => (value === null ? '' : valueOf(value, at + 1))).join('');
}

function valueOf(value: DicomJsonValue, number: number): string {
  if (typeof value !== 'object') return `<Value number="${String(number)}">${escape(String(value))}</Value>`;
  if (isName(value)) return `<PersonName number="${String(number)}">${nameOf(value)}</PersonName>`;
  return `<Item number="${String(number)}">${attributesOf(value as DicomJson)}</Item>`;
}

const isName = (value: object): value is Partial<Record<(typeof GROUPS)[number], string>> =>
  GROUPS.some((group) => group in value);

const nameOf = (name: Partial<Record<(typeof GROUPS)[number], string>>): string =>
  GROUPS.map((group) => {
    const text = name[group];
    if (text === undefined) return '';
    const parts = text.split('^').map((part, at) => {
      const element = PARTS[at];
      return element === undefined || part === '' ? '' : `<${element}>${escape(part)}</${element}>`;
    });
    return `<${group}>${parts.join('')}</${group}>`;
  }).join('');
