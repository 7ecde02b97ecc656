import { describeInspection, type Inspection } from './describe-inspection';

const CT: Inspection = {
  modality: { served: 'ct3d', title: 'CT, a volume', why: 'Its header says so.', choices: [] },
  image: {
    kind: 'volume',
    columns: 512,
    rows: 512,
    slices: 28,
    spacingMm: { x: 0.4882812, y: 0.4882812, z: 5 },
    orientation: { x: 'L', y: 'P', z: 'H' },
  },
  offers: [
    {
      modality: 'ct3d',
      task: 'measure',
      question: 'none',
      wantsPhrase: false,
      isDefault: true,
      models: [
        { name: 'ct-tissue', version: '2', isDefault: true, isWarm: true },
        { name: 'ct-tissue', version: '1', isDefault: false, isWarm: false, expectedLoadMs: 1_240 },
      ],
    },
    {
      modality: 'ct3d',
      task: 'answer',
      question: 'required',
      wantsPhrase: false,
      isDefault: false,
      models: [{ name: 'vqa', version: '1', isDefault: true, isWarm: false }],
    },
  ],
  warnings: ['One slice was left out.'],
};

describe('what is told of an image', () => {
  it('is what it is, why, how it lies, and what can be asked of it', () => {
    expect(describeInspection(CT)).toBe(`CT, a volume (ct3d)
  Its header says so.
  512 x 512 x 28 samples, 0.4883 x 0.4883 x 5 mm apart, growing towards L, P, H
  warning: One slice was left out.

MODALITY  TASK      NEEDS       MODEL         READY
ct3d      measure*  -           ct-tissue:2*  at once
                                ct-tissue:1   in about 1.2 s
ct3d      answer    --question  vqa:1*        when loaded

* what answers when a request names less`);
  });

  it('is what it could be declared as where nothing says what it is', () => {
    const told = describeInspection({
      ...CT,
      modality: { served: null, title: null, why: 'Nothing says it.', choices: [{ id: 'mr3d', title: 'MR' }] },
      image: { ...CT.image, kind: 'image', spacingMm: null, orientation: null },
      offers: [],
      warnings: [],
    });
    expect(told).toBe(`Not known what this is.
  Nothing says it.
  It may be declared with --modality: mr3d (MR)
  512 x 512 samples

Nothing on offer can be asked of it.`);
  });
});
