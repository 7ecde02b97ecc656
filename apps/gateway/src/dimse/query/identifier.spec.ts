import { EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, QUERY_RETRIEVE } from '@medserve/dimse';
import { writeDataSet, type ElementOut, type JsonAttributes } from '@medserve/imaging';
import { readIdentifier } from './read-identifier';
import { writeMatch } from './write-match';

const STUDY_ROOT = QUERY_RETRIEVE.studyRootFind;
const LEVEL: [number, ElementOut] = [0x00080052, { vr: 'CS', value: 'STUDY' }];

const identifier = (...elements: [number, ElementOut][]): Buffer => writeDataSet(new Map([LEVEL, ...elements]));

describe.each([
  ['explicit', EXPLICIT_LITTLE_ENDIAN, { implicitVr: false, littleEndian: true }],
  ['implicit', IMPLICIT_LITTLE_ENDIAN, { implicitVr: true, littleEndian: true }],
])('an identifier in %s VR', (_name, transferSyntaxUid, encoding) => {
  it('is read with its keys as C-FIND has them', () => {
    const bytes = writeDataSet(
      new Map<number, ElementOut>([
        LEVEL,
        [0x00080005, { vr: 'CS', value: 'ISO_IR 192' }],
        [0x00080020, { vr: 'DA', bytes: Buffer.from('20260701-20260731 ') }],
        [0x00100010, { vr: 'PN', value: 'Müller*' }],
        [0x0020000d, { vr: 'UI', value: ['1.2', '1.3'] }],
        [0x00201208, { vr: 'IS', value: [] }],
      ]),
      encoding,
    );
    expect(readIdentifier(bytes, transferSyntaxUid, STUDY_ROOT)).toEqual({
      level: 'STUDY',
      keys: [
        { tag: 0x00080020, vr: 'DA', value: '20260701-20260731' },
        { tag: 0x00100010, vr: 'PN', value: 'Müller*' },
        { tag: 0x0020000d, vr: 'UI', value: '1.2\\1.3' },
        { tag: 0x00201208, vr: 'IS', value: '' },
      ],
    });
  });

  it('is answered in the same encoding, with what was asked for, known or not, in Unicode', () => {
    const asked = readIdentifier(
      writeDataSet(
        new Map<number, ElementOut>([
          LEVEL,
          [0x00080020, { vr: 'DA', value: '' }],
          [0x00080050, { vr: 'SH', value: '' }],
          [0x00080056, { vr: 'CS', value: '' }],
          [0x00080201, { vr: 'SH', value: '' }],
          [0x00100010, { vr: 'PN', value: '' }],
          [0x00201208, { vr: 'IS', value: [] }],
        ]),
        encoding,
      ),
      transferSyntaxUid,
      STUDY_ROOT,
    );
    const attributes: JsonAttributes = {
      '00080020': { vr: 'DA', Value: ['no date that PS3.5 knows'] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00080061': { vr: 'CS', Value: ['CT'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^A', Phonetic: 'm' }] },
      '0020000D': { vr: 'UI', Value: ['1.2'] },
      '00201208': { vr: 'IS', Value: [200] },
    };
    const match = writeMatch({ identifier: asked, attributes, retrieveAet: 'MEDSERVE', transferSyntaxUid });
    const expected = new Map<number, ElementOut>([
      LEVEL,
      [0x00080005, { vr: 'CS', value: 'ISO_IR 192' }],
      [0x00080020, { vr: 'DA', bytes: Buffer.from('no date that PS3.5 knows') }],
      [0x00080050, { vr: 'SH', value: '' }],
      [0x00080054, { vr: 'AE', value: 'MEDSERVE' }],
      [0x00080056, { vr: 'CS', value: 'ONLINE' }],
      [0x00080201, { vr: 'SH', value: '' }],
      [0x00100010, { vr: 'PN', value: 'Müller^A==m' }],
      [0x0020000d, { vr: 'UI', value: '1.2' }],
      [0x00201208, { vr: 'IS', value: 200 }],
    ]);
    expect(match.equals(writeDataSet(expected, encoding))).toBe(true);
  });
});

describe('readIdentifier', () => {
  const read = (bytes: Buffer, sopClassUid: string = STUDY_ROOT) =>
    readIdentifier(bytes, EXPLICIT_LITTLE_ENDIAN, sopClassUid);

  it.each([
    ['no level', writeDataSet(new Map<number, ElementOut>([[0x00100020, { vr: 'LO', value: 'x' }]]))],
    [
      'a level that there is not',
      writeDataSet(new Map<number, ElementOut>([[0x00080052, { vr: 'CS', value: 'FRAME' }]])),
    ],
  ])('refuses %s', (_what, bytes) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('knows the level of patients in the model that has it alone', () => {
    const bytes = writeDataSet(new Map<number, ElementOut>([[0x00080052, { vr: 'CS', value: 'PATIENT' }]]));
    expect(read(bytes, QUERY_RETRIEVE.patientRootFind).level).toBe('PATIENT');
    expect(() => read(bytes)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('refuses what is no data set', () => {
    const cut = identifier([0x00100020, { vr: 'LO', value: 'somebody' }]).subarray(0, -3);
    expect(() => read(cut)).toThrow(expect.objectContaining({ category: 'unprocessable' }) as Error);
  });

  it('asks for availability and time zone without matching by them', () => {
    const bytes = identifier(
      [0x00080056, { vr: 'CS', value: 'OFFLINE' }],
      [0x00080201, { vr: 'SH', value: '+0100' }],
      [0x00080054, { vr: 'AE', value: '' }],
    );
    expect(read(bytes).keys).toEqual([
      { tag: 0x00080056, vr: 'CS', value: '' },
      { tag: 0x00080201, vr: 'SH', value: '' },
    ]);
  });

  it('asks for sequences, and has what an item of them is to have', () => {
    const item = new Map<number, ElementOut>([
      [0x00400009, { vr: 'SH', value: 'step' }],
      [0x00401001, { vr: 'SH', value: '' }],
    ]);
    const items = [{ tag: 0x00400009, vr: 'SH', value: 'step' }];
    const sequence = { tag: 0x00400275, vr: 'SQ', value: '' };
    expect(read(identifier([0x00400275, { vr: 'SQ', items: [item] }])).keys).toEqual([{ ...sequence, items }]);
    expect(read(identifier([0x00400275, { vr: 'SQ', items: [new Map()] }])).keys).toEqual([sequence]);
    expect(read(identifier([0x00400275, { vr: 'SQ', items: [] }])).keys).toEqual([sequence]);
  });
});
