import { DECODE_LIMITS } from '../../limits';
import { openWhole } from '../open-dicom';
import type { DataSetOut, ElementOut } from '../write/element';
import { writePart10 } from '../write/write-part10';
import { elementAt, parsePath } from './element-path';
import { toDicomJson } from './to-dicom-json';

const [implicit, bigEndian] = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.2'];

const elements: DataSetOut = new Map<number, ElementOut>([
  [0x00080005, { vr: 'CS', value: 'ISO_IR 100' }],
  [0x00080016, { vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.7' }],
  [0x00080018, { vr: 'UI', value: '2.25.1' }],
  [0x00090010, { vr: 'LO', value: 'ACME' }],
  [0x00091001, { vr: 'UN', bytes: Buffer.from([1, 2, 3, 4]) }],
  [0x00100010, { vr: 'PN', value: 'Müller^Zoë=Ide^O' }],
  [0x00100030, { vr: 'DA', value: '' }],
  [0x00181063, { vr: 'DS', bytes: Buffer.from('33.30 ') }],
  [0x0020000d, { vr: 'UI', value: '2.25.2' }],
  [0x00200013, { vr: 'IS', value: 7 }],
  [0x00200037, { vr: 'DS', value: [1, 0, 0, 0, 1, 0] }],
  [0x00280009, { vr: 'AT', value: 0x00181063 }],
  [0x00280010, { vr: 'US', value: 2 }],
  [0x00280103, { vr: 'US', value: 1 }],
  [0x00280106, { vr: 'SS', value: -5 }],
  [0x00281201, { vr: 'OW', bytes: Buffer.alloc(64, 1) }],
  [
    0x00400555,
    {
      vr: 'SQ',
      items: [
        new Map<number, ElementOut>([[0x0040a30a, { vr: 'DS', value: [1.5, 2] }]]),
        new Map<number, ElementOut>([[0x00281201, { vr: 'OW', bytes: Buffer.alloc(64, 2) }]]),
      ],
    },
  ],
  [0x00401101, { vr: 'SQ', items: [] }],
  [0x7fe00010, { vr: 'OW', bytes: Buffer.from([1, 0, 2, 0]) }],
]);

const read = (syntax?: string) => openWhole(writePart10(elements, syntax), DECODE_LIMITS).dataSet;

const spelled = (syntax?: string) =>
  toDicomJson(read(syntax), { bulkUri: (path) => `bulkdata/${path}`, inlineBytes: 16 });

const EXPECTED = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
  '00080018': { vr: 'UI', Value: ['2.25.1'] },
  '00090010': { vr: 'LO', Value: ['ACME'] },
  '00091001': { vr: 'UN', InlineBinary: 'AQIDBA==' },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Zoë', Ideographic: 'Ide^O' }] },
  '00100030': { vr: 'DA' },
  '00181063': { vr: 'DS', Value: [33.3] },
  '0020000D': { vr: 'UI', Value: ['2.25.2'] },
  '00200013': { vr: 'IS', Value: [7] },
  '00200037': { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] },
  '00280009': { vr: 'AT', Value: ['00181063'] },
  '00280010': { vr: 'US', Value: [2] },
  '00280103': { vr: 'US', Value: [1] },
  '00280106': { vr: 'SS', Value: [-5] },
  '00281201': { vr: 'OW', BulkDataURI: 'bulkdata/00281201' },
  '00400555': {
    vr: 'SQ',
    Value: [
      { '0040A30A': { vr: 'DS', Value: [1.5, 2] } },
      { '00281201': { vr: 'OW', BulkDataURI: 'bulkdata/00400555/2/00281201' } },
    ],
  },
  '00401101': { vr: 'SQ' },
  '7FE00010': { vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' },
};

describe('the DICOM JSON model', () => {
  it('has each element with its VR and its values, in the order of the tags', () => {
    const json = spelled();
    expect(json).toEqual(EXPECTED);
    expect(Object.keys(json)).toEqual(Object.keys(json).toSorted());
  });

  it.each([
    ['implicit VR, through the dictionary', implicit],
    ['big endian', bigEndian],
  ])('says the same of a file in %s', (_name, syntax) => {
    expect(spelled(syntax)).toEqual(EXPECTED);
  });

  it('gives elements of unknown VR the one of the dictionary', () => {
    const changed = new Map(elements).set(0x00200011, { vr: 'UN', bytes: Buffer.from('12') });
    const { dataSet } = openWhole(writePart10(changed), DECODE_LIMITS);
    expect(toDicomJson(dataSet, { bulkUri: String, inlineBytes: 16 })['00200011']).toEqual({ vr: 'IS', Value: [12] });
  });

  it('leaves decimal strings that are no numbers as they are written', () => {
    const changed = new Map(elements).set(0x00181063, { vr: 'DS', bytes: Buffer.from('about 33\\1 ') });
    const { dataSet } = openWhole(writePart10(changed), DECODE_LIMITS);
    const { '00181063': element } = toDicomJson(dataSet, { bulkUri: String, inlineBytes: 16 });
    expect(element).toEqual({ vr: 'DS', Value: ['about 33', 1] });
  });

  it('leads to the values that it refers to, also inside of sequences', () => {
    const path = parsePath('00400555/2/00281201');
    const found = path && elementAt(read(), path);
    expect(found?.holder.value(found.element)).toEqual(Buffer.alloc(64, 2));
    const beyond = parsePath('00400555/3/00281201');
    expect(beyond && elementAt(read(), beyond)).toBeUndefined();
    expect(['', '7FE0001', '00400555/00281201', '00400555/0/00281201'].map(parsePath)).toEqual(
      Array(4).fill(undefined),
    );
  });
});
