import { dicomFile, image, words, type DicomItem } from '@medserve/testkit';
import { DECODE_LIMITS } from '../limits';
import { readDicomObject } from './dicom-object';

const factsOf = (more: DicomItem) =>
  readDicomObject(dicomFile(image(1, 2, { 0x7fe00010: ['OW', words(1, 2)], ...more })), DECODE_LIMITS).facts;

describe('coded texts of a header', () => {
  it('are told where they are terms of the standard', () => {
    const facts = factsOf({
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
      0x00080060: ['CS', 'CT'],
      0x00180015: ['CS', 'Chest'],
    });
    expect(facts).toMatchObject({ modality: 'CT', bodyPart: 'CHEST', sopClassUid: '1.2.840.10008.5.1.4.1.1.2' });
  });

  it('are not told where somebody may have written a name or a number there', () => {
    const facts = factsOf({
      0x00080016: ['UI', '1.2.4711'],
      0x00080060: ['CS', 'OKONKWO'],
      0x00180015: ['CS', 'OKONKWO 4711'],
      0x00200060: ['CS', 'OKONKWO'],
    });
    expect(facts).toEqual({ photometricInterpretation: 'MONOCHROME2', transferSyntaxUid: '1.2.840.10008.1.2.1' });
  });

  it('are not repeated where they are refused', () => {
    const image4711 = image(1, 2, { 0x7fe00010: ['OW', words(1, 2)] });
    const refused = (file: Buffer): string => {
      try {
        readDicomObject(file, DECODE_LIMITS);
      } catch (error) {
        return String(error);
      }
      throw new Error('it was read');
    };
    const texts = [
      refused(dicomFile(image4711, '1.2.4711')),
      refused(dicomFile({ ...image4711, 0x00280004: ['CS', 'OKONKWO'] })),
    ];
    for (const text of texts) expect(text).not.toMatch(/4711|OKONKWO/);
    expect(refused(dicomFile(image4711, '1.2.840.10008.1.2.9'))).toContain('1.2.840.10008.1.2.9');
  });
});
