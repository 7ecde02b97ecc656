import fc from 'fast-check';
import type { Tensor } from '../../pixels/tensor';
import { classification } from '.';
import { classificationParameters } from './parameters';

const organs = {
  output: 'organ',
  about: 'organ',
  labels: [
    { code: '69536005', system: 'http://snomed.info/sct', display: 'Head' },
    { code: '51185008', system: 'http://snomed.info/sct', display: 'Chest' },
  ],
  activation: 'softmax',
} as const;
const contrast = {
  output: 'contrast',
  about: 'contrast',
  labels: [
    { code: 'y', display: 'Yes' },
    { code: 'n', display: 'No' },
  ],
  activation: 'none',
} as const;

const tensor = (name: string, ...data: number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape: [1, data.length],
  data: Float32Array.from(data),
});

function read(heads: readonly object[], ...outputs: Tensor[]) {
  return classification.read(
    {
      input: { kind: 'picture', width: 1, height: 1, channels: 1, sampleType: 'uint8' },
      placement: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
      outputs: new Map(outputs.map((output) => [output.name, output])),
    },
    classificationParameters.parse({ heads }),
  );
}

describe('the classification reader', () => {
  it('answers with the first head, best label first, and the others as parts', () => {
    const { answer, decision, confidence } = read(
      [organs, contrast],
      tensor('organ', 0, Math.log(3)),
      tensor('contrast', 0.75, 0.25),
    );
    expect(answer).toMatchObject({
      kind: 'classification',
      about: 'organ',
      labels: [
        { code: '51185008', system: 'http://snomed.info/sct', score: expect.closeTo(0.75, 6) as number },
        { code: '69536005' },
      ],
      parts: [
        {
          about: 'contrast',
          labels: [
            { code: 'y', score: 0.75 },
            { code: 'n', score: 0.25 },
          ],
        },
      ],
    });
    expect(decision).toBe('answered');
    expect(confidence).toEqual({ organ: expect.closeTo(0.75, 6) as number, contrast: 0.75 });
  });

  it('abstains below the threshold of the first head, and warns below that of another', () => {
    const strict = { ...organs, abstainBelow: 0.9 };
    expect(read([strict], tensor('organ', 0, 1))).toMatchObject({
      decision: 'abstained',
      warnings: [expect.stringContaining('organ')],
    });
    expect(
      read([organs, { ...contrast, abstainBelow: 0.9 }], tensor('organ', 0, 1), tensor('contrast', 0.4, 0.6)),
    ).toMatchObject({
      decision: 'answered',
      warnings: [expect.stringContaining('contrast')],
    });
  });

  it('is less sure with a higher temperature, and never changes its mind by it', () => {
    const warm = read([{ ...organs, temperature: 4 }], tensor('organ', 0, 2));
    const cold = read([organs], tensor('organ', 0, 2));
    expect(warm.confidence['organ']).toBeLessThan(cold.confidence['organ'] as number);
    expect(warm.answer).toMatchObject({ labels: [{ code: '51185008' }, { code: '69536005' }] });
  });

  it('lets labels hold side by side with sigmoid', () => {
    const { answer } = read([{ ...organs, activation: 'sigmoid' }], tensor('organ', 0, 0));
    expect(answer).toMatchObject({ labels: [{ score: 0.5 }, { score: 0.5 }] });
  });

  it('gives scores between 0 and 1 that add up to 1 under softmax, whatever the outputs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 2, maxLength: 2 }),
        (outputs) => {
          const { answer } = read([organs], tensor('organ', ...outputs));
          const scores = answer.kind === 'classification' ? answer.labels.map(({ score }) => score) : [];
          expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
          expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
          expect(scores[0]).toBeGreaterThanOrEqual(scores[1] as number);
        },
      ),
    );
  });

  it('fails on a missing output, a wrong length or a number that is not finite', () => {
    expect(() => read([organs])).toThrow('no output');
    expect(() => read([organs], tensor('organ', 1, 2, 3))).toThrow('should hold 2 numbers');
    expect(() => read([organs], tensor('organ', 1, NaN))).toThrow('not finite');
  });

  it('takes no package whose heads are about the same thing', () => {
    expect(classificationParameters.safeParse({ heads: [organs, organs] }).success).toBe(false);
  });
});
