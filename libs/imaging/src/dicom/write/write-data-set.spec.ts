import dicomParser from 'dicom-parser';
import { dicomFile, itemBytes, type DicomItem } from '@medserve/testkit';
import { DECODE_LIMITS } from '../../limits';
import { openDicom } from '../open-dicom';
import { readDataSet } from '../read-data-set';
import { copyElements } from './copy-elements';
import { decimalString } from './decimal-string';
import type { DataSetOut, ElementOut } from './element';
import { writeDataSet } from './write-data-set';
import { uidFrom, writePart10 } from './write-part10';

/** What is used of dcmjs, which comes without types. */
interface DcmJs {
  readonly data: {
    readonly DicomMessage: {
      readFile(file: ArrayBuffer): { readonly dict: Readonly<Record<string, { readonly Value: readonly unknown[] }>> };
    };
  };
}
const dcmjs = jest.requireActual<DcmJs>('dcmjs');

const out = (elements: Readonly<Record<number, ElementOut>>): DataSetOut =>
  new Map(Object.entries(elements).map(([tag, element]) => [Number(tag), element]));

const CODE = out({
  0x00080100: { vr: 'SH', value: '27925004' },
  0x00080102: { vr: 'SH', value: 'SCT' },
  0x00080104: { vr: 'LO', value: 'Nodule' },
});

const OBJECT = out({
  0x00280030: { vr: 'DS', value: [0.48828125, 1 / 3] },
  0x00080005: { vr: 'CS', value: 'ISO_IR 192' },
  0x00080016: { vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.7' },
  0x00080018: { vr: 'UI', value: '2.25.1' },
  0x00100010: { vr: 'PN', value: 'Müller^Zoë=山田^太郎' },
  0x00081199: { vr: 'SQ', items: [CODE, out({}), out({ 0x00081199: { vr: 'SQ', items: [CODE] } })] },
  0x00200013: { vr: 'IS', value: -7 },
  0x00280009: { vr: 'AT', value: 0x00181063 },
  0x00280010: { vr: 'US', value: 2 },
  0x00280103: { vr: 'US', value: 1 },
  0x00280106: { vr: 'SS', value: -2 },
  0x0070_0022: { vr: 'FL', value: [1.5, -2.25] },
  0x0040a124: { vr: 'UI', value: '2.25.12' },
  0x7fe00010: { vr: 'OW', bytes: Buffer.from([1, 0, 2, 0]) },
});

describe('a written data set', () => {
  const encodings = [
    { implicitVr: false, littleEndian: true },
    { implicitVr: true, littleEndian: true },
    { implicitVr: false, littleEndian: false },
  ];

  it.each(encodings)('is read back by the own reader, in %j', (encoding) => {
    const read = readDataSet(writeDataSet(OBJECT, encoding), 0, encoding, DECODE_LIMITS);
    expect(read.uid(0x00080018)).toBe('2.25.1');
    expect(read.decimals(0x00280030)).toEqual([0.48828125, 0.33333333333333]);
    expect(read.uint16(0x00280010)).toBe(2);
    expect(read.uint16(0x7fe00010, 1)).toBe(2);
    expect([...read.elements.keys()]).toEqual([...OBJECT.keys()].sort((one, other) => one - other));
  });

  it.each(encodings)('is copied out of %j with all that is in its sequences', (encoding) => {
    const bytes = writeDataSet(OBJECT, encoding);
    const copied = copyElements(readDataSet(bytes, 0, encoding, DECODE_LIMITS), OBJECT.keys());
    expect(writeDataSet(copied).equals(writeDataSet(OBJECT))).toBe(true);
  });

  it('is what dicom-parser and dcmjs read', () => {
    const file = writePart10(OBJECT);
    const parsed = dicomParser.parseDicom(file);
    expect(parsed.string('x00020010')).toBe('1.2.840.10008.1.2.1');
    expect(parsed.intString('x00200013')).toBe(-7);
    expect(parsed.elements['x00081199']?.items).toHaveLength(3);
    expect(parsed.float('x00700022', 1)).toBe(-2.25);
    expect(parsed.uint32('x00020000')).toBe((parsed.elements['x00080005']?.dataOffset ?? 0) - 8 - 144);
    const { dict } = dcmjs.data.DicomMessage.readFile(new Uint8Array(file).buffer);
    expect(dict['00100010']?.Value).toEqual([{ Alphabetic: 'Müller^Zoë', Ideographic: '山田^太郎' }]);
    expect(dict['00081199']?.Value[0]).toMatchObject({ '00080104': { vr: 'LO', Value: ['Nodule'] } });
  });

  it('is also read where its file is in implicit VR or big endian', () => {
    for (const syntax of ['1.2.840.10008.1.2', '1.2.840.10008.1.2.2']) {
      const { dataSet, transferSyntax } = openDicom(writePart10(OBJECT, syntax), DECODE_LIMITS);
      expect([transferSyntax.uid, dataSet.uint16(0x00280010)]).toEqual([syntax, 2]);
    }
    expect(() => writePart10(OBJECT, '1.2.840.10008.1.2.4.90')).toThrow('uncompressed');
  });

  it('goes as unknown where it is too long for the length of its VR', () => {
    const long = writeDataSet(out({ 0x00700022: { vr: 'FL', value: Array.from({ length: 20_000 }, () => 1) } }));
    expect(long.toString('latin1', 4, 6)).toBe('UN');
    expect(long).toHaveLength(12 + 80_000);
  });

  it.each<[string, ElementOut]>([
    ['a UID of 65 characters', { vr: 'UI', value: '1'.repeat(65) }],
    ['a code in small letters', { vr: 'CS', value: 'Yes' }],
    ['a name of 65 characters', { vr: 'PN', value: 'x'.repeat(65) }],
    ['two values in one', { vr: 'LO', value: 'a\\b' }],
    ['letters that its character set lacks', { vr: 'LO', value: 'Zoë' }],
    ['a number that 16 bits do not hold', { vr: 'US', value: 65_536 }],
    ['half an integer', { vr: 'IS', value: 0.5 }],
    ['an integer beyond 32 bits', { vr: 'IS', value: 2 ** 31 }],
    ['no number', { vr: 'DS', value: Number.NaN }],
  ])('is refused with %s', (_, element) => {
    expect(() => writeDataSet(new Map([[0x00081030, element]]))).toThrow();
  });
});

describe('a decimal string', () => {
  it('has at most 16 characters, and of the number all that fits', () => {
    for (const value of [0, -1, 1 / 3, -1 / 3, 1e-12 / 3, -1.23456789e-300, 123456789.123456789, -(2 ** 70), 5e-324]) {
      const text = decimalString(value);
      expect(text.length).toBeLessThanOrEqual(16);
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-8);
    }
    expect(decimalString(-0.3173047)).toBe('-0.3173047');
  });
});

describe('copied elements', () => {
  const opened = (dataSet: DicomItem | Buffer, syntax?: string) =>
    openDicom(dicomFile(dataSet, syntax), DECODE_LIMITS).dataSet;

  it('are the bytes of the source, whatever they mean', () => {
    const name = Buffer.from('Buc^J\xe9r\xf4me', 'latin1');
    const source = opened({ 0x00080005: ['CS', 'ISO_IR 100'], 0x00100010: ['PN', name] });
    expect(copyElements(source, [0x00100010, 0x00100020])).toEqual(new Map([[0x00100010, { vr: 'PN', bytes: name }]]));
  });

  it('are refused where a sequence is damaged', () => {
    const cut = itemBytes(Buffer.from([8, 0, 0x50, 0x11, 0x55, 0x49, 0xff, 0x7f]));
    const source = opened({ 0x00081110: ['SQ', cut] });
    expect(() => copyElements(source, [0x00081110])).toThrow('damaged');
  });
});

describe('a UID made of words', () => {
  it('is the same for the same words, valid, and another for others', () => {
    expect(uidFrom('a', 'b')).toBe(uidFrom('a', 'b'));
    expect(uidFrom('ab')).not.toBe(uidFrom('a', 'b'));
    expect(uidFrom('a')).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
  });
});
