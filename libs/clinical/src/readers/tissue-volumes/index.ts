import { z } from 'zod';
import type { Measurement } from '../../answers/answer';
import { sampleVolumesMl } from '../../geometry/slice-stack';
import type { VolumeGeometry, VolumeHeader } from '../../pixels/picture';
import { defineReader, type Reading } from '../reader';
import { geometryEvidence, geometryWarnings, twoDecimals } from '../volume-geometry';

const tissue = z.strictObject({
  code: z.string(),
  display: z.string(),
  /** Both ends belong to the range. Absent: open to that side. */
  fromHu: z.number().optional(),
  toHu: z.number().optional(),
  /** `false` for what is counted, and reported as evidence, but is no tissue: partial volume between two ranges. */
  isAnswer: z.boolean().default(true),
});

const tissueVolumesParameters = z.strictObject({
  /** Output [slices, tissues] of 32-bit integers: samples of each tissue in each slice. */
  output: z.string().default('counts'),
  /** In the order of the output's columns. */
  tissues: z.array(tissue).min(1).max(32),
});

export type TissueVolumesParameters = z.infer<typeof tissueVolumesParameters>;

const NOTABLE_REST = 0.15;

/**
 * Samples counted slice by slice to millilitres, by the geometry of the volume as it was sent: area of a sample times the
 * perpendicular thickness that its slice stands for, so uneven spacing and gantry tilt are in the figures.
 */
export const tissueVolumes = defineReader<TissueVolumesParameters>({
  id: 'tissue-volumes',
  parameters: tissueVolumesParameters,
  read(reading, { output, tissues }) {
    const volume = volumeOf(reading);
    const counts = countsOf(reading, output, volume.slices, tissues.length);
    const { geometry } = volume;
    const each = sampleVolumesMl(geometry);
    const totals = tissues.map((_, column) => {
      let millilitres = 0;
      let samples = 0;
      for (let slice = 0; slice < volume.slices; slice++) {
        const count = counts[slice * tissues.length + column] as number;
        samples += count;
        millilitres += count * (each?.[slice] ?? 0);
      }
      return { samples, millilitres };
    });
    const body = totals.reduce((sum, { millilitres }) => sum + millilitres, 0);
    const rest = tissues.reduce(
      (sum, { isAnswer }, index) => sum + (isAnswer ? 0 : (totals[index]?.millilitres as number)),
      0,
    );
    const measurements = tissues.flatMap(({ code, display, isAnswer }, index): Measurement[] =>
      isAnswer && body > 0
        ? [{ code, display, value: twoDecimals(totals[index]?.millilitres as number), unit: 'mL' }]
        : [],
    );
    return {
      answer: { kind: 'measurements', measurements },
      decision: body > 0 ? 'answered' : 'abstained',
      confidence: {},
      evidence: [
        ...tissues.map(({ isAnswer, code, fromHu, toHu }, index) => ({
          kind: isAnswer ? 'hounsfield-range' : 'between-ranges',
          code,
          ...(fromHu !== undefined && { fromHu }),
          ...(toHu !== undefined && { toHu }),
          samples: totals[index]?.samples,
          ...(each !== undefined && { mL: twoDecimals(totals[index]?.millilitres as number) }),
        })),
        geometryEvidence(geometry),
      ],
      warnings: warnings(geometry, each !== undefined, body, rest),
    };
  },
});

function volumeOf({ input }: Reading): VolumeHeader {
  if (input.kind !== 'volume') throw new Error('the tissue-volumes reader reads volumes, not pictures');
  return input;
}

function countsOf({ outputs }: Reading, name: string, slices: number, tissues: number): Int32Array {
  const tensor = outputs.get(name);
  if (tensor === undefined) throw new Error(`the model gave no output "${name}"`);
  const [rows, columns] = tensor.shape;
  if (tensor.shape.length !== 2 || rows !== slices || columns !== tissues || !(tensor.data instanceof Int32Array)) {
    throw new Error(`output "${name}" should hold 32-bit integers [${String(slices)}, ${String(tissues)}]`);
  }
  return tensor.data;
}

function warnings(geometry: VolumeGeometry, isKnown: boolean, body: number, rest: number): string[] {
  if (!isKnown) return ['A single slice without a slice thickness has no volume; nothing was measured.'];
  if (body === 0) return ['No body was found in the volume; nothing was measured.'];
  const said = geometryWarnings(geometry);
  if (rest > NOTABLE_REST * body) {
    said.push(
      `${String(twoDecimals((100 * rest) / body))} % of the body lies between the ranges (partial volume) and is in none of the volumes.`,
    );
  }
  return said;
}
