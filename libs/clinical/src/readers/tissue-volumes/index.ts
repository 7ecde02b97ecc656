import { z } from 'zod';
import type { Measurement } from '../../answers/answer';
import {
  sampleAreaMm2,
  sampleVolumesMl,
  sliceDistancesMm,
  sliceWeightsMm,
  tiltDegrees,
} from '../../geometry/slice-stack';
import type { VolumeGeometry, VolumeHeader } from '../../pixels/picture';
import { defineReader, type Reading } from '../reader';

const tissue = z.strictObject({
  code: z.string(),
  display: z.string(),
  /** Both ends belong to the range. Absent: open to that side. */
  fromHu: z.number().optional(),
  toHu: z.number().optional(),
  /** `false` for what is counted, and reported as evidence, but is no tissue: partial volume between two ranges. */
  isAnswer: z.boolean().default(true),
});

export const tissueVolumesParameters = z.strictObject({
  /** Output [slices, tissues] of 32-bit integers: samples of each tissue in each slice. */
  output: z.string().default('counts'),
  /** In the order of the output's columns. */
  tissues: z.array(tissue).min(1).max(32),
});

export type TissueVolumesParameters = z.infer<typeof tissueVolumesParameters>;

/** A slice that stands for this many times the usual distance, or its own thickness, leaves tissue unseen. */
const GAP = 1.6;
const UNEVEN = 1.05;
const NOTABLE_TILT_DEGREES = 0.5;
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
      isAnswer && body > 0 ? [{ code, display, value: round(totals[index]?.millilitres as number), unit: 'mL' }] : [],
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
          ...(each !== undefined && { mL: round(totals[index]?.millilitres as number) }),
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

function geometryEvidence(geometry: VolumeGeometry) {
  const distances = sliceDistancesMm(geometry);
  const weights = sliceWeightsMm(geometry) ?? [];
  return {
    kind: 'geometry',
    slices: geometry.slicePositionsMm.length,
    ...(distances.length > 0 && {
      sliceDistanceMm: { least: round(Math.min(...distances)), most: round(Math.max(...distances)) },
      tiltDegrees: round(tiltDegrees(geometry)),
    }),
    coveredMm: round(weights.reduce((sum, weight) => sum + weight, 0)),
    sampleAreaMm2: Number(sampleAreaMm2(geometry).toFixed(5)),
  };
}

function warnings(geometry: VolumeGeometry, isKnown: boolean, body: number, rest: number): string[] {
  if (!isKnown) return ['A single slice without a slice thickness has no volume; nothing was measured.'];
  if (body === 0) return ['No body was found in the volume; nothing was measured.'];
  const said: string[] = [];
  const distances = [...sliceDistancesMm(geometry)].sort((a, b) => a - b);
  const [least, most] = [distances[0], distances.at(-1)];
  if (least === undefined || most === undefined) {
    said.push('A single slice: the volumes are those of its own thickness.');
  } else {
    if (most > UNEVEN * least) {
      said.push(
        `The slices are unevenly spaced (${String(round(least))} to ${String(round(most))} mm); each counts with the thickness that it stands for.`,
      );
    }
    const usual = Math.max(distances[Math.floor(distances.length / 2)] as number, geometry.sliceThicknessMm ?? 0);
    if (most > GAP * usual)
      said.push(`There is a gap of ${String(round(most))} mm between slices; what lies in it was not seen.`);
  }
  const tilt = tiltDegrees(geometry);
  if (tilt > NOTABLE_TILT_DEGREES)
    said.push(`The slices are tilted by ${String(round(tilt))} degrees, which the volumes take into account.`);
  if (rest > NOTABLE_REST * body) {
    said.push(
      `${String(round((100 * rest) / body))} % of the body lies between the ranges (partial volume) and is in none of the volumes.`,
    );
  }
  return said;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
