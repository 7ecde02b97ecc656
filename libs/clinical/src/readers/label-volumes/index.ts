import { z } from 'zod';
import type { Measurement } from '../../answers/answer';
import { defineReader } from '../reader';

const labelVolumesParameters = z.strictObject({
  /** Output of 8-bit labels, any shape. */
  output: z.string().default('labels'),
  /** Edge of the cubes that the recipe resampled to, in millimetres. */
  spacingMm: z.number().min(0.1).max(10),
  /** Label 0 is background. */
  labels: z
    .array(
      z.strictObject({
        label: z.int().min(1).max(255),
        code: z.string(),
        system: z.string().optional(),
        display: z.string(),
        /** What is usual; outside it a warning says so. */
        usualMl: z.strictObject({ from: z.number(), to: z.number() }).optional(),
      }),
    )
    .min(1)
    .max(255),
  /** Less than this in all labels together is an empty answer, as the wrong scaling of the input gives it. */
  leastMl: z.number().min(0),
});

export type LabelVolumesParameters = z.infer<typeof labelVolumesParameters>;

/**
 * A volume of labels on a grid of cubes to millilitres. An answer that is all background is well formed and silent: it is
 * told apart here, and the reader abstains.
 */
export const labelVolumes = defineReader<LabelVolumesParameters>({
  id: 'label-volumes',
  parameters: labelVolumesParameters,
  read({ outputs, input }, { output, spacingMm, labels, leastMl }) {
    if (input.kind !== 'volume') throw new Error('the label-volumes reader reads volumes, not pictures');
    const tensor = outputs.get(output);
    if (!(tensor?.data instanceof Uint8Array)) throw new Error(`output "${output}" should hold 8-bit labels`);
    const counts = countLabels(tensor.data);
    const cubeMl = spacingMm ** 3 / 1000;
    const millilitres = labels.map(({ label }) => (counts[label] as number) * cubeMl);
    const total = millilitres.reduce((sum, value) => sum + value, 0);
    const isEmpty = total < leastMl || total === 0;
    const measurements = labels.map(({ code, system, display }, index): Measurement => {
      const value = round(millilitres[index] as number);
      return { code, ...(system !== undefined && { system }), display, value, unit: 'mL' };
    });
    return {
      answer: { kind: 'measurements', measurements: isEmpty ? [] : measurements },
      decision: isEmpty ? 'abstained' : 'answered',
      confidence: {},
      evidence: [
        { kind: 'grid', spacingMm, shape: tensor.shape, samples: tensor.data.length },
        ...labels.map(({ label, code }) => ({ kind: 'label', label, code, samples: counts[label] })),
      ],
      warnings: isEmpty
        ? [
            `The model found ${String(round(total))} mL in all; less than ${String(leastMl)} mL is no answer. ` +
              'Not what it was made for (another contrast, another organ), or values it does not expect.',
          ]
        : unusual(labels, millilitres),
    };
  },
});

function unusual(labels: LabelVolumesParameters['labels'], millilitres: readonly number[]): string[] {
  return labels.flatMap(({ display, usualMl }, index) => {
    const value = millilitres[index] as number;
    if (usualMl === undefined || (value >= usualMl.from && value <= usualMl.to)) return [];
    return [
      `${display}: ${String(round(value))} mL lies outside the usual ${String(usualMl.from)} to ${String(usualMl.to)} mL of an adult.`,
    ];
  });
}

function countLabels(labels: Uint8Array): Float64Array {
  const counts = new Float64Array(256);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return counts;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
