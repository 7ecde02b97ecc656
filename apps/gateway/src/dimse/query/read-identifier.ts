import { QUERY_RETRIEVE } from '@medserve/dimse';
import { ServingError } from '@medserve/errors';
import {
  ALL_ELEMENTS,
  DECODE_LIMITS,
  readDataSet,
  toDicomJson,
  TRANSFER_SYNTAXES,
  type DicomJson,
  type DicomJsonElement,
  type DicomJsonValue,
} from '@medserve/imaging';
import { TAG } from './tags';

/** Levels of the query models (PS3.4 C.6.1.1, C.6.2.1). */
export type Level = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';

/** A key of an identifier: a value to match by, or none where only the attribute is asked for. */
export interface Key {
  readonly tag: number;
  readonly vr: string;
  /** As C-FIND writes it (PS3.4 C.2.2.2), in Unicode; empty: universal matching. */
  readonly value: string;
  /** Whether it is one value as it stands, and no pattern. */
  readonly isExact?: boolean;
  /** What one item of a sequence is to have (PS3.4 C.2.2.2.6); the sequence itself has no value. */
  readonly items?: readonly Key[];
}

export interface Identifier {
  readonly level: Level;
  readonly keys: readonly Key[];
}

/** What says how the identifier is to be understood, or is in every answer, and is no key. */
const NO_KEYS: ReadonlySet<number> = new Set([
  TAG.specificCharacterSet,
  TAG.queryRetrieveLevel,
  TAG.queryRetrieveView,
  TAG.retrieveAeTitle,
]);

/**
 * What comes back where it is asked for, and chooses nothing: all is ONLINE, and an offset says of the identifier in which zone its
 * times are.
 */
const NO_CHOICE: ReadonlySet<number> = new Set([TAG.instanceAvailability, TAG.timezoneOffset]);

const LEVELS: ReadonlySet<string> = new Set<Level>(['PATIENT', 'STUDY', 'SERIES', 'IMAGE']);
const PATIENT_ROOT: ReadonlySet<string> = new Set([QUERY_RETRIEVE.patientRootFind, QUERY_RETRIEVE.patientRootMove]);

/**
 * Reads the identifier of C-FIND or C-MOVE.
 *
 * @throws ServingError `invalid_request` without a level of its model; `unreadable_image` where it is no data set
 */
export function readIdentifier(identifier: Buffer, transferSyntaxUid: string, sopClassUid: string): Identifier {
  const encoding = TRANSFER_SYNTAXES.get(transferSyntaxUid);
  if (encoding === undefined) throw new ServingError('invalid_request', 'The transfer syntax is not known.');
  const dataSet = readDataSet(identifier, 0, encoding, DECODE_LIMITS, ALL_ELEMENTS);
  const attributes = Object.entries(toDicomJson(dataSet, { bulkUri: () => '', inlineBytes: 0 }));
  const all = attributes.map(([hex, element]) => keyOf(Number.parseInt(hex, 16), element));
  const level = all.find(({ tag }) => tag === TAG.queryRetrieveLevel)?.value.trim() ?? '';
  if (!isLevel(level) || (level === 'PATIENT' && !PATIENT_ROOT.has(sopClassUid))) {
    throw new ServingError('invalid_request', 'The Query/Retrieve Level is none of its model.');
  }
  return { level, keys: all.filter(({ tag }) => !NO_KEYS.has(tag)) };
}

const isLevel = (text: string): text is Level => LEVELS.has(text);

function keyOf(tag: number, { vr, Value = [] }: DicomJsonElement): Key {
  if (vr === 'SQ') return sequenceKeyOf(tag, Value);
  return { tag, vr, value: NO_CHOICE.has(tag) ? '' : Value.map(textOf).join('\\') };
}

/** A sequence that is matched has one item. */
function sequenceKeyOf(tag: number, [item]: readonly (DicomJsonValue | null)[]): Key {
  const items = Object.entries((item ?? {}) as DicomJson)
    .map(([hex, element]) => keyOf(Number.parseInt(hex, 16), element))
    .filter(({ vr, value }) => vr !== 'SQ' && value !== '');
  return { tag, vr: 'SQ', value: '', ...(items.length > 0 && { items }) };
}

function textOf(value: DicomJsonValue | null): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Readonly<Record<string, string | undefined>>;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}
