import type { ServingError, Reason } from '@medserve/errors';
import { decideModality, type ModalityQuestion } from './decide-modality';
import type { DicomFacts, ImageFacts } from './facts';
import { MODALITIES } from './registry';

const raster: ImageFacts = { container: 'raster', dimensions: 2, width: 8, height: 8, depth: 1, channels: 3 };
const volume: ImageFacts = { ...raster, container: 'nifti', dimensions: 3, depth: 8, channels: 1 };
const dicom = (facts: DicomFacts, dimensions: 2 | 3 = 2): ImageFacts => ({
  ...raster,
  container: 'dicom',
  dimensions,
  dicom: facts,
});

const ask = (question: Partial<ModalityQuestion> & Pick<ModalityQuestion, 'facts'>) =>
  decideModality({ allowMismatch: false, ...question });

function refusal(question: Partial<ModalityQuestion> & Pick<ModalityQuestion, 'facts'>): Reason | undefined {
  try {
    ask(question);
    return undefined;
  } catch (error) {
    return (error as ServingError).reason;
  }
}

describe('decideModality', () => {
  it.each<[string, ImageFacts, string]>([
    ['one CT slice is radiology', dicom({ modality: 'CT' }), 'radiology'],
    ['a CT series is a CT volume', dicom({ modality: 'CT' }, 3), 'ct3d'],
    ['an MR series is an MR volume', dicom({ modality: 'MR' }, 3), 'mr3d'],
    ['a fundus camera says OP', dicom({ modality: 'OP' }), 'fundus'],
    ['a slide scanner says SM', dicom({ modality: 'SM' }), 'pathology'],
    [
      'a SOP class speaks when the modality code is OT',
      dicom({ modality: 'OT', sopClassUid: '1.2.840.10008.5.1.4.1.1.77.1.5.1' }),
      'fundus',
    ],
  ])('%s', (_name, facts, modality) => {
    expect(ask({ facts })).toMatchObject({
      kind: 'decided',
      modality: { id: modality },
      detected: modality,
      source: 'header',
    });
  });

  it('says in a sentence what in the header or in the pixels decided', () => {
    const whyOf = (question: Parameters<typeof ask>[0]): unknown => (ask(question) as { why?: string }).why;
    expect(whyOf({ facts: { ...dicom({ modality: 'CT', bodyPart: 'HEAD' }, 3), depth: 28 } })).toBe(
      'Its DICOM header names the modality code CT and the body part HEAD; its 28 slices of 8 x 8 pixels form a volume.',
    );
    expect(whyOf({ facts: dicom({ sopClassUid: '1.2.840.10008.5.1.4.1.1.77.1.6' }) })).toBe(
      'Its DICOM header names the SOP class VL Whole Slide Microscopy Image Storage; it is one image of 8 x 8 pixels.',
    );
    expect(whyOf({ facts: raster, pixels: { kind: 'recognised', modality: 'fundus', score: 0.934 } })).toMatch(/0\.93/);
    const values = { kind: 'recognised', modality: 'ct3d', score: 1, why: 'By its values.' } as const;
    expect(whyOf({ facts: volume, declared: 'ct3d', pixels: values })).toBe('By its values.');
    expect(whyOf({ facts: raster, declared: 'fundus', pixels: { kind: 'unclear' } })).toMatch(/^It was declared/);
  });

  it('asks the pixels when there is no header, or one that says nothing', () => {
    expect(ask({ facts: raster })).toEqual({ kind: 'ask-pixels' });
    expect(ask({ facts: dicom({ modality: 'OT' }) })).toEqual({ kind: 'ask-pixels' });
  });

  it('takes the pixels at their word', () => {
    expect(ask({ facts: raster, pixels: { kind: 'recognised', modality: 'fundus', score: 0.9 } })).toMatchObject({
      modality: { id: 'fundus' },
      source: 'pixels',
    });
  });

  it('refuses what nobody knows', () => {
    expect(refusal({ facts: raster, pixels: { kind: 'not-medical', score: 0.9 } })).toBe('modality_unrecognised');
    expect(refusal({ facts: raster, pixels: { kind: 'unclear' } })).toBe('modality_unrecognised');
    expect(refusal({ facts: volume })).toBe('modality_unrecognised');
    expect(refusal({ facts: raster, declared: 'astrology' })).toBe('invalid_request');
  });

  it('refuses a declaration that contradicts header or pixels, and serves it when allowed, saying so', () => {
    const contradictions: ModalityQuestion[] = [
      { facts: dicom({ modality: 'CT' }), declared: 'fundus', allowMismatch: false },
      {
        facts: raster,
        declared: 'fundus',
        pixels: { kind: 'recognised', modality: 'radiology', score: 0.9 },
        allowMismatch: false,
      },
      { facts: raster, declared: 'fundus', pixels: { kind: 'not-medical', score: 0.9 }, allowMismatch: false },
    ];
    for (const question of contradictions) {
      expect(refusal(question)).toBe('modality_mismatch');
      expect(ask({ ...question, allowMismatch: true })).toMatchObject({
        modality: { id: 'fundus' },
        declared: 'fundus',
        warnings: [expect.any(String)],
      });
    }
  });

  it('takes a declaration where neither header nor pixels know', () => {
    expect(ask({ facts: volume, declared: 'mr3d', pixels: { kind: 'unclear' } })).toMatchObject({
      detected: null,
      source: 'declared',
    });
    expect(ask({ facts: raster, declared: 'pathology', pixels: { kind: 'unclear' } })).toMatchObject({
      modality: { id: 'pathology' },
    });
    expect(refusal({ facts: volume, declared: 'radiology' })).toBe('modality_mismatch');
  });

  it('holds the values of a volume without a header against its declaration', () => {
    const hounsfield = { kind: 'recognised', modality: 'ct3d', score: 1 } as const;
    expect(ask({ facts: volume, declared: 'ct3d' })).toEqual({ kind: 'ask-pixels' });
    expect(ask({ facts: volume, declared: 'ct3d', pixels: hounsfield })).toMatchObject({
      detected: 'ct3d',
      source: 'pixels',
    });
    const magnitudes = { kind: 'contradicted', detail: 'the values cannot be Hounsfield units' } as const;
    expect(refusal({ facts: volume, declared: 'ct3d', pixels: magnitudes })).toBe('modality_mismatch');
    expect(refusal({ facts: volume, declared: 'mr3d', pixels: hounsfield })).toBe('modality_mismatch');
  });

  it('never lets two modalities claim one object', () => {
    const codes = ['CR', 'DX', 'CT', 'MR', 'US', 'MG', 'XA', 'RF', 'PT', 'NM', 'SM', 'GM', 'OP', 'OT', 'SR'];
    for (const modality of codes) {
      for (const dimensions of [2, 3] as const) {
        const claims = [...MODALITIES.values()].filter((candidate) =>
          candidate.claims(dicom({ modality }, dimensions)),
        );
        expect(claims.length).toBeLessThanOrEqual(1);
      }
    }
  });
});
