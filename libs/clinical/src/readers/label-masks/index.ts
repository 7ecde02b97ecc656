import type { Measurement, Segment, Segmentation } from '../../answers/answer';
import { sampleVolumesMl } from '../../geometry/slice-stack';
import type { VolumeHeader } from '../../pixels/picture';
import { defineReader, type Reading } from '../reader';
import { geometryEvidence, geometryWarnings, twoDecimals } from '../volume-geometry';
import { outline, type SliceMask } from './outline';
import { labelMasksParameters, type LabelMasksParameters, type SegmentParameters } from './parameters';

/** Run lengths of one answer, about 32 MiB of its text: 2,000 slices of a head have 7 million. What has more is speckle. */
const MOST_COUNTS = 2 ** 23;

interface Outlined {
  readonly segment: SegmentParameters;
  readonly masks: readonly SliceMask[];
  /** Undefined where the geometry knows no volume. */
  readonly millilitres: number | undefined;
}

/**
 * Labels on the grid of the input to masks of segments, each with its volume by the geometry of the volume as it was sent. A
 * segment that was looked for and not found stands in the answer without a mask.
 */
export const labelMasks = defineReader<LabelMasksParameters>({
  id: 'label-masks',
  parameters: labelMasksParameters,
  read(reading, { output, segments }) {
    const volume = volumeOf(reading);
    const labels = labelsOf(reading, output, volume);
    const each = sampleVolumesMl(volume.geometry);
    const outlined = segments.map((segment): Outlined => {
      const masks = outline(labels, volume, segment);
      return { segment, masks, millilitres: each && masks.reduce((sum, mask) => sum + inMl(mask, each), 0) };
    });
    const isSpeckle = outlined.reduce((sum, { masks }) => sum + countsIn(masks), 0) > MOST_COUNTS;
    const isFound = !isSpeckle && outlined.some(({ masks }) => masks.length > 0);
    return {
      answer: isSpeckle ? answerOf(volume, []) : answerOf(volume, outlined),
      decision: isFound ? 'answered' : 'abstained',
      confidence: {},
      evidence: [...outlined.map(evidenceOf), geometryEvidence(volume.geometry)],
      warnings: warnings(volume, outlined, isSpeckle, each !== undefined),
    };
  },
});

function volumeOf({ input }: Reading): VolumeHeader {
  if (input.kind !== 'volume') throw new Error('the label-masks reader reads volumes, not pictures');
  return input;
}

function labelsOf({ outputs }: Reading, name: string, { slices, rows, columns }: VolumeHeader): Uint8Array {
  const tensor = outputs.get(name);
  const grid = [slices, rows, columns];
  if (tensor?.shape.length !== 3 || !grid.every((size, axis) => tensor.shape[axis] === size)) {
    throw new Error(`output "${name}" should lie on the grid of the input: ${grid.join(' x ')}`);
  }
  if (!(tensor.data instanceof Uint8Array)) throw new Error(`output "${name}" should hold 8-bit labels`);
  return tensor.data;
}

const inMl = ({ slice, samples }: SliceMask, each: readonly number[]): number => samples * (each[slice] as number);

const countsIn = (masks: readonly SliceMask[]): number => masks.reduce((sum, { counts }) => sum + counts.length, 0);

function answerOf({ slices, rows, columns }: VolumeHeader, outlined: readonly Outlined[]): Segmentation {
  return {
    kind: 'segmentation',
    segments: outlined.map(segmentOf),
    grid: { slices, rows, columns },
    masks: outlined.flatMap(({ segment, masks }) =>
      masks.map(({ slice, counts }) => ({ segment: segment.id, slice, counts })),
    ),
  };
}

function segmentOf({ segment: { id, code, system, display, category }, millilitres }: Outlined): Segment {
  return {
    id,
    label: { code, ...(system !== undefined && { system }), display },
    ...(category !== undefined && {
      category: {
        code: category.code,
        ...(category.system !== undefined && { system: category.system }),
        display: category.display,
      },
    }),
    ...(millilitres !== undefined && { measurements: [volumeInMl(millilitres)] }),
  };
}

/** PS3.16 CID 7470 and CID 218 have this code for a volume. */
const volumeInMl = (millilitres: number): Measurement => ({
  code: '118565006',
  system: 'http://snomed.info/sct',
  display: 'Volume',
  value: twoDecimals(millilitres),
  unit: 'mL',
});

function evidenceOf({ segment, masks }: Outlined) {
  return {
    kind: 'segment',
    segment: segment.id,
    labels: segment.labels,
    leastAreaMm2: segment.leastAreaMm2,
    slices: masks.length,
    samples: masks.reduce((sum, { samples }) => sum + samples, 0),
  };
}

function warnings(
  { geometry }: VolumeHeader,
  outlined: readonly Outlined[],
  isSpeckle: boolean,
  isKnown: boolean,
): string[] {
  if (isSpeckle) return ['The outlines are in so many pieces that they are none: the volume holds noise.'];
  const missing = outlined.filter(({ masks }) => masks.length === 0).map(({ segment }) => segment.display);
  return [
    ...(missing.length === 0 ? [] : [`Not found: ${missing.join(', ')}.`]),
    ...(isKnown
      ? geometryWarnings(geometry)
      : ['A single slice without a slice thickness has no volume; the segments are without one.']),
  ];
}
