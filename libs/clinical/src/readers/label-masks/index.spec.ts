import type { Segmentation } from '../../answers/answer';
import type { VolumeGeometry } from '../../pixels/picture';
import type { AnyTensor } from '../../pixels/tensor';
import { decodeMask } from '../../pixels/run-length';
import type { Reading } from '../reader';
import { labelMasks } from '.';

const CODE = { code: '1', system: 'http://snomed.info/sct' };
const parameters = labelMasks.parameters.parse({
  segments: [
    { id: 'body', labels: [1, 2], ...CODE, display: 'Body', category: { code: 'c', display: 'Structure' } },
    { id: 'bone', labels: [2], ...CODE, display: 'Bone', leastAreaMm2: 8 },
  ],
});

const geometry: VolumeGeometry = {
  spacingMm: { row: 2, column: 2 },
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  slicePositionsMm: [
    [0, 0, 0],
    [0, 0, 5],
    [0, 0, 15],
  ],
};

const read = (labels: readonly number[], over: Partial<VolumeGeometry> = {}, tensor: Partial<AnyTensor> = {}) => {
  const slices = labels.length / 4;
  return labelMasks.read(
    {
      input: {
        kind: 'volume',
        slices,
        rows: 2,
        columns: 2,
        sampleType: 'int16',
        geometry: { ...geometry, slicePositionsMm: geometry.slicePositionsMm.slice(0, slices), ...over },
      },
      placement: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
      outputs: new Map([
        [
          'labels',
          { name: 'labels', datatype: 'UINT8', shape: [slices, 2, 2], data: Uint8Array.from(labels), ...tensor },
        ],
      ]),
    } as Reading,
    parameters,
  );
};

const masks = (answer: unknown, segment: string) =>
  (answer as Segmentation).masks
    .filter((mask) => mask.segment === segment)
    .map(({ slice, counts }) => [slice, [...decodeMask({ width: 2, height: 2, counts })]]);

// oxfmt-ignore
const LABELS = [
  0, 0, 0, 0, // nothing
  2, 2, 1, 0, // bone within a body
  1, 0, 0, 2, // a bone of one sample, too small to be one
];

describe('label-masks', () => {
  it('outlines each segment in the slices that hold it, on the grid of the input', () => {
    const { answer, decision } = read(LABELS);
    expect(decision).toBe('answered');
    expect(answer).toMatchObject({ kind: 'segmentation', grid: { slices: 3, rows: 2, columns: 2 } });
    expect(masks(answer, 'body')).toEqual([
      [1, [1, 1, 1, 0]],
      [2, [1, 0, 0, 1]],
    ]);
    expect(masks(answer, 'bone')).toEqual([[1, [1, 1, 0, 0]]]);
  });

  it('measures each segment with the thickness that its slices stand for', () => {
    const { answer } = read(LABELS);
    const [body, bone] = (answer as Segmentation).segments;
    expect(body).toMatchObject({ id: 'body', label: { ...CODE, display: 'Body' }, category: { code: 'c' } });
    // 4 mm² a sample; the slices stand for 5, 7.5 and 10 mm.
    expect(body?.measurements?.[0]).toMatchObject({ code: '118565006', value: 0.17, unit: 'mL' });
    expect(bone?.measurements?.[0]?.value).toBe(0.06);
  });

  it('keeps a segment that it did not find in the answer, and says so', () => {
    const { answer, decision, warnings } = read([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(decision).toBe('answered');
    expect((answer as Segmentation).segments[1]?.measurements?.[0]?.value).toBe(0);
    expect(warnings[0]).toBe('Not found: Bone.');
  });

  it('abstains where nothing was found', () => {
    expect(read([0, 0, 0, 0]).decision).toBe('abstained');
  });

  it('names no volume of a single slice without a thickness', () => {
    const { answer, warnings } = read([1, 1, 1, 1]);
    expect((answer as Segmentation).segments[0]).not.toHaveProperty('measurements');
    expect(warnings.join(' ')).toContain('without a slice thickness');
    const known = read([1, 1, 1, 1], { sliceThicknessMm: 5 }).answer as Segmentation;
    expect(known.segments[0]?.measurements?.[0]?.value).toBe(0.08);
  });

  it('takes no labels that lie on another grid, or are none', () => {
    expect(() => read(LABELS, {}, { shape: [1, 3, 4] })).toThrow('grid of the input: 3 x 2 x 2');
    expect(() => read(LABELS, {}, { data: Int32Array.from(LABELS) })).toThrow('8-bit');
  });

  it('takes no two segments of one id', () => {
    const segment = { id: 'a', labels: [1], code: 'x', display: 'X' };
    expect(labelMasks.parameters.safeParse({ segments: [segment, segment] }).success).toBe(false);
  });
});
