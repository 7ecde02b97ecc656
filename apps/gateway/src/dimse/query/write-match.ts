import {
  hexOf,
  TRANSFER_SYNTAXES,
  vrOf,
  writeDataSet,
  type DataSetOut,
  type ElementOut,
  type JsonAttributes,
  type JsonElement,
  type JsonPersonName,
  type JsonValue,
} from '@medserve/imaging';
import type { Identifier } from './read-identifier';
import { TAG } from './tags';

const UTF8 = 'ISO_IR 192';
/** Text in the character set of the data set (PS3.5 6.1.2.2). */
const IN_CHARACTER_SET: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
const NUMBERS = ['AT', 'FD', 'FL', 'SL', 'SS', 'UL', 'US'] as const;

export interface MatchParts {
  readonly identifier: Identifier;
  readonly attributes: JsonAttributes;
  /** Where it can be had: our own title. */
  readonly retrieveAet: string;
  readonly transferSyntaxUid: string;
}

/**
 * One match of C-FIND (PS3.4 C.4.1.1.3.2): what was asked for, empty where it is not known, in Unicode. Values are written as they
 * were sent once, whether or not they keep to their VR.
 */
export function writeMatch({ identifier, attributes, retrieveAet, transferSyntaxUid }: MatchParts): Buffer {
  const { level, keys } = identifier;
  const match = new Map<number, ElementOut>(keys.map(({ tag }) => [tag, elementOf(tag, attributes[hexOf(tag)])]));
  for (const tag of uniqueKeys(level)) match.set(tag, elementOf(tag, attributes[hexOf(tag)]));
  match.set(TAG.specificCharacterSet, textElement('CS', [UTF8]));
  match.set(TAG.queryRetrieveLevel, textElement('CS', [level]));
  match.set(TAG.retrieveAeTitle, textElement('AE', [retrieveAet]));
  return writeDataSet(match, TRANSFER_SYNTAXES.get(transferSyntaxUid));
}

/** What a match cannot be without (PS3.4 C.6.1.1, C.6.2.1). */
function uniqueKeys(level: Identifier['level']): number[] {
  switch (level) {
    case 'PATIENT':
      return [TAG.patientId];
    case 'STUDY':
      return [TAG.studyInstanceUid];
    case 'SERIES':
      return [TAG.studyInstanceUid, TAG.seriesInstanceUid];
    case 'IMAGE':
      return [TAG.studyInstanceUid, TAG.seriesInstanceUid, TAG.sopInstanceUid];
  }
}

function elementOf(tag: number, element: JsonElement | undefined): ElementOut {
  const { vr, Value = [] } = element ?? { vr: vrOf(tag) };
  if (vr === 'SQ') return { vr, items: Value.filter(isItem).map(itemOf) };
  const number = NUMBERS.find((name) => name === vr);
  if (number === undefined) return textElement(vr, Value.map(textOf));
  return { vr: number, value: Value.filter((value): value is number => typeof value === 'number') };
}

const isItem = (value: JsonValue | null): value is JsonAttributes => typeof value === 'object' && value !== null;

const itemOf = (item: JsonAttributes): DataSetOut =>
  new Map(
    Object.entries(item).map(([hex, element]) => {
      const tag = Number.parseInt(hex, 16);
      return [tag, elementOf(tag, element)];
    }),
  );

function textOf(value: JsonValue | null): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as JsonPersonName;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

function textElement(vr: string, values: readonly string[]): ElementOut {
  return { vr, bytes: Buffer.from(values.join('\\'), IN_CHARACTER_SET.has(vr) ? 'utf8' : 'latin1') };
}
