import type { ElementOut, NumberVr } from './element';
import { decimalString, integerString } from './decimal-string';
import { encodeText, type TextEncoding } from './encode-text';
import { unwritable } from './unwritable';

interface NumberKind {
  readonly width: 2 | 4 | 8;
  readonly lowest: number;
  readonly highest: number;
  readonly write: (into: Buffer, value: number, at: number) => void;
}

const FLOAT = { lowest: -Infinity, highest: Infinity };

const NUMBERS: Readonly<Record<Exclude<NumberVr, 'AT' | 'DS' | 'IS'>, NumberKind>> = {
  FD: { width: 8, ...FLOAT, write: (into, value, at) => into.writeDoubleLE(value, at) },
  FL: { width: 4, ...FLOAT, write: (into, value, at) => into.writeFloatLE(value, at) },
  SL: { width: 4, lowest: -(2 ** 31), highest: 2 ** 31 - 1, write: (into, value, at) => into.writeInt32LE(value, at) },
  SS: { width: 2, lowest: -(2 ** 15), highest: 2 ** 15 - 1, write: (into, value, at) => into.writeInt16LE(value, at) },
  UL: { width: 4, lowest: 0, highest: 2 ** 32 - 1, write: (into, value, at) => into.writeUInt32LE(value, at) },
  US: { width: 2, lowest: 0, highest: 2 ** 16 - 1, write: (into, value, at) => into.writeUInt16LE(value, at) },
};

const isText = (vr: string): vr is 'DS' | 'IS' => vr === 'DS' || vr === 'IS';

/**
 * The value of an element that is no sequence, of even length, in little endian.
 *
 * @throws ServingError `internal` where it does not fit its VR
 */
export function encodeValue(element: Exclude<ElementOut, { items: unknown }>, encoding: TextEncoding): Buffer {
  if ('bytes' in element) {
    const { bytes, vr } = element;
    if (bytes.length % 2 === 0) return bytes;
    return Buffer.concat([bytes, Buffer.from(/^(OB|UN|UI)$/.test(vr) ? '\0' : ' ')]);
  }
  if (isOfNumbers(element)) {
    return encodeNumbers(element.vr, typeof element.value === 'number' ? [element.value] : element.value);
  }
  return encodeText(element.vr, element.value, encoding);
}

type Valued = Extract<ElementOut, { value: unknown }>;

const isOfNumbers = (element: Valued): element is Extract<Valued, { vr: NumberVr }> =>
  element.vr in NUMBERS || element.vr === 'AT' || isText(element.vr);

function encodeNumbers(vr: NumberVr, values: readonly number[]): Buffer {
  if (isText(vr)) {
    const text = values.map(vr === 'DS' ? decimalString : integerString).join('\\');
    return Buffer.from(text.length % 2 === 0 ? text : `${text} `, 'latin1');
  }
  if (vr === 'AT')
    return encodeNumbers(
      'US',
      values.flatMap((tag) => [tag >>> 16, tag & 0xffff]),
    );
  const { width, lowest, highest, write } = NUMBERS[vr];
  const bytes = Buffer.alloc(width * values.length);
  for (const [index, value] of values.entries()) {
    const isWhole = lowest === -Infinity || Number.isInteger(value);
    if (!(value >= lowest && value <= highest && isWhole && !Number.isNaN(value))) {
      throw unwritable(`A value of VR ${vr} is none of its numbers.`);
    }
    write(bytes, value, index * width);
  }
  return bytes;
}
