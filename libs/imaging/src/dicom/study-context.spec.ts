import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dicomFile, image, words, type DicomItem } from '@medserve/testkit';
import type { StudyContext } from '@medserve/clinical';
import { decodeStudy, type DecodedStudy } from '../decode/decode-study';
import { DECODE_LIMITS } from '../limits';
import { fromPlainStudy, toPlainStudy } from '../decode/worker-messages';

const IDENTIFIED: DicomItem = {
  0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
  0x0020000d: ['UI', '1.2.3'],
  0x0020000e: ['UI', '1.2.3.1'],
};

const file = (z: number, more: DicomItem = {}): Buffer =>
  dicomFile(
    image(1, 2, {
      ...IDENTIFIED,
      0x00080018: ['UI', `1.2.3.1.${String(z)}`],
      0x00200013: ['IS', [z]],
      0x00200032: ['DS', [0, 0, z]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [1, 1]],
      0x7fe00010: ['OW', words(z, z + 1)],
      ...more,
    }),
  );

const decode = (...files: Buffer[]): Promise<DecodedStudy> =>
  decodeStudy(
    files.map((bytes) => ({ bytes })),
    DECODE_LIMITS,
  );

const contextOf = async (...files: Buffer[]): Promise<StudyContext | undefined> =>
  (await decode(...files)).context?.reveal('report');

describe('what DICOM headers say of a study', () => {
  it('is read in the words of a report, and leaves the decoder wrapped', async () => {
    const study = await decode(
      file(1, {
        0x00080020: ['DA', '20260102'],
        0x00080030: ['TM', '101112.5'],
        0x00080050: ['SH', 'ACC1 '],
        0x00080090: ['PN', 'Who^Doc'],
        0x00080201: ['SH', '+0100'],
        0x00081030: ['LO', 'CT head'],
        0x00081032: [
          'SQ',
          [{ 0x00080100: ['SH', '24725-4'], 0x00080102: ['SH', 'LN'], 0x00080104: ['LO', 'CT Head'] }],
        ],
        0x00100010: ['PN', 'Doe^Jane^^^=X=Y'],
        0x00100020: ['LO', 'P-17'],
        0x00100021: ['LO', 'HOSPITAL'],
        0x00100030: ['DA', '19700102'],
        0x00100040: ['CS', 'F'],
        0x00180015: ['CS', 'HEAD'],
        0x00200010: ['SH', 'S-1'],
        0x00200011: ['IS', [4]],
        0x00402016: ['LO', 'PLACER'],
      }),
    );
    expect(study.context?.reveal('report')).toEqual({
      patient: { id: 'P-17', issuer: 'HOSPITAL', name: 'Doe^Jane', birthDate: '19700102', sex: 'F' },
      study: {
        uid: '1.2.3',
        date: '20260102',
        time: '101112.5',
        utcOffset: '+0100',
        id: 'S-1',
        accession: 'ACC1',
        description: 'CT head',
        referringPhysician: 'Who^Doc',
        procedure: { code: '24725-4', system: 'http://loinc.org', display: 'CT Head' },
        placerOrder: 'PLACER',
      },
      series: [
        {
          uid: '1.2.3.1',
          modality: 'MR',
          number: 4,
          bodyPart: 'HEAD',
          instances: [{ sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.3.1.1', number: 1, input: 0 }],
        },
      ],
    });
    expect(() => JSON.stringify(study.context)).toThrow(/not written down/);
  });

  it('crosses to another thread, where it is wrapped again', async () => {
    const study = await decode(file(1, { 0x00100020: ['LO', 'P-17'] }));
    const plain = structuredClone(toPlainStudy(study));
    expect(fromPlainStudy(plain).context?.reveal('report')).toEqual(study.context?.reveal('report'));
  });

  it('names every instance with the place of its file among those that were sent, one of which came twice', async () => {
    const context = await contextOf(file(4), file(2), file(4), file(0));
    expect(context?.series[0]?.instances.map(({ number, input }) => [number, input])).toEqual([
      [4, 0],
      [2, 1],
      [0, 3],
    ]);
  });

  it('is Unicode, whatever character set the object declares', async () => {
    const name = Buffer.from('M\xfcller^J\xf6rg', 'latin1');
    const context = await contextOf(file(1, { 0x00080005: ['CS', 'ISO_IR 100'], 0x00100010: ['PN', name] }));
    expect(context?.patient.name).toBe('Müller^Jörg');
  });

  it('names a person in the first script that the name is written in', async () => {
    const written = { 0x00080005: ['CS', 'ISO_IR 192'], 0x00100010: ['PN', Buffer.from('^^=王^小东^^', 'utf8')] } as const; // oxfmt-ignore
    const context = await contextOf(file(1, { ...written, 0x00080090: ['PN', '=='] }));
    expect(context?.patient.name).toBe('王^小东');
    expect(context?.study).not.toHaveProperty('referringPhysician');
  });

  it.each([
    ['a date that is none', { 0x00080020: ['DA', 'yesterday'] }, 'date'],
    ['an accession number of blanks', { 0x00080050: ['SH', '  '] }, 'accession'],
    ['a description longer than any', { 0x00081030: ['LO', 'x'.repeat(400)] }, 'description'],
    ['a code without a system', { 0x00081032: ['SQ', [{ 0x00080100: ['SH', 'X'] }]] }, 'procedure'],
  ] as [string, DicomItem, string][])('leaves out %s', async (_, more, member) => {
    expect((await contextOf(file(1, more)))?.study).not.toHaveProperty(member);
  });

  it('holds no control character, which no message could carry', async () => {
    const context = await contextOf(file(1, { 0x00081030: ['LO', 'a\u0001b'] }));
    expect(context?.study.description).toBe('a b');
  });

  it('is not there of an object that does not say of which study it is, nor of other images', async () => {
    expect(await contextOf(file(1, { 0x0020000d: ['UI', ''] }))).toBeUndefined();
  });
});

const SERIES = resolve(
  process.env['MEDSERVE_TEST_DATA'] ?? join(__dirname, '..', '..', '..', '..', '..', 'shared', 'data'),
  'dicom-series',
  'head-ct-ge',
);

describe('a real head CT', () => {
  const test = existsSync(SERIES) ? it : it.skip;
  test('has every one of its slices in its study', async () => {
    const names = readdirSync(SERIES).filter((name) => name.endsWith('.dcm'));
    const context = await contextOf(...names.map((name) => readFileSync(join(SERIES, name))));
    expect(context?.series).toHaveLength(1);
    const instances = context?.series[0]?.instances ?? [];
    expect(instances.map(({ input }) => input)).toEqual(names.map((_, index) => index));
    expect(new Set(instances.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(names.length);
  });
});
