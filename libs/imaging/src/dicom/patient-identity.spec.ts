import { dicomFile, image, words, type DicomItem } from '@medserve/testkit';
import type { PatientIdentity } from '@medserve/clinical';
import { decodeStudy } from '../decode/decode-study';
import { DECODE_LIMITS } from '../limits';
import { decodeText } from './character-sets';

const file = (more: DicomItem, z = 0): Buffer =>
  dicomFile(
    image(1, 2, {
      0x00200032: ['DS', [0, 0, z]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [1, 1]],
      0x7fe00010: ['OW', words(z, z + 1)],
      ...more,
    }),
  );

const study = (...files: Buffer[]) =>
  decodeStudy(
    files.map((bytes) => ({ bytes })),
    DECODE_LIMITS,
  );

const opened = ({ patientId, issuer, studyInstanceUid }: PatientIdentity = {}) => ({
  patientId: patientId?.reveal('comparison'),
  issuer: issuer?.reveal('comparison'),
  studyInstanceUid: studyInstanceUid?.reveal('comparison'),
});

describe('whom a DICOM object shows', () => {
  it('is read from its header, wrapped, without its padding', async () => {
    const { identity, ...rest } = await study(
      file({ 0x00100020: ['LO', ' P-17'], 0x00100021: ['LO', 'HOSPITAL'], 0x0020000d: ['UI', '1.2.840.7'] }),
    );
    expect(opened(identity)).toEqual({ patientId: 'P-17', issuer: 'HOSPITAL', studyInstanceUid: '1.2.840.7' });
    expect(JSON.stringify(rest)).not.toContain('P-17');
    expect(() => JSON.stringify(identity)).toThrow(/not written down/);
  });

  it('is the first of several ids, which the archive knows the patient by', async () => {
    const { identity } = await study(file({ 0x00100020: ['LO', 'A\\B'], 0x00100021: ['LO', 'X\\Y'] }));
    expect(opened(identity)).toMatchObject({ patientId: 'A', issuer: 'X' });
  });

  it.each([
    ['absent', {}],
    ['empty', { 0x00100020: ['LO', ' '] }],
    ['longer than an id is', { 0x00100020: ['LO', 'x'.repeat(65)] }],
  ] as [string, DicomItem][])('is not known when the id is %s', async (_name, more) => {
    const { identity } = await study(file(more));
    expect(identity?.patientId).toBeUndefined();
  });

  it('is the same one in all files of a series, or the series is refused', async () => {
    const of = (id: string, z: number, issuer = 'A') => file({ 0x00100020: ['LO', id], 0x00100021: ['LO', issuer] }, z);
    const { identity } = await study(file({}, 0), of('P1', 2), file({}, 4));
    expect(opened(identity).patientId).toBe('P1');
    await expect(study(of('P1', 0), of('P2', 2))).rejects.toMatchObject({ reason: 'mixed_series' });
    await expect(study(of('P1', 0), of('P1', 2, 'B'))).rejects.toMatchObject({ reason: 'mixed_series' });
    await expect(study(of('P1', 0), of('P2', 2))).rejects.not.toThrow(/P1|P2/);
  });
});

describe('text of a header', () => {
  it.each([
    [undefined, [0x47, 0xf3], 'Gó'],
    ['ISO_IR 100', [0x47, 0xf3], 'Gó'],
    ['ISO_IR 192', [0x47, 0xc3, 0xb3], 'Gó'],
    ['ISO_IR 144', [0xbf], 'П'],
    ['ISO 2022 IR 144\\ISO 2022 IR 100', [0xbf], 'П'],
    ['GB18030', [0xcd, 0xf5], '王'],
    ['ISO_IR 13', [0xd4], 'ﾔ'],
    ['something else', [0x41], 'A'],
  ])('declared as %s is read in that character set', (declared, bytes, text) => {
    expect(decodeText(Buffer.from(bytes), declared)).toBe(text);
  });
});
