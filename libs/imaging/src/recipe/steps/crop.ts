import { vectors, type Vector, type Volume } from '@medserve/clinical';
import { z } from 'zod';
import { needVolume } from '../need-volume';
import { makeSamples } from '../../samples';
import type { Step } from '../step';

const parameters = z.strictObject({
  /** In values of the samples as they are at this step. */
  above: z.number(),
  /** Share of a plane's samples that have to lie above for the plane to hold a part of the body. */
  leastShare: z.number().min(0).max(1).default(0.001),
  marginVoxels: z.int().min(0).max(256),
});

/**
 * Cuts a volume to the box around what is brighter than `above`, with a margin: a model that looks at each sample's
 * neighbourhood answers the same there, and the air around costs time only. Planes with a few bright samples are noise.
 * A volume without any such plane passes unchanged.
 */
export const crop: Step<z.infer<typeof parameters>> = {
  id: 'crop',
  parameters,
  apply: ({ image, placement }, wanted) => ({ image: cropped(needVolume(image), wanted), placement }),
};

interface Range {
  readonly from: number;
  readonly size: number;
}

function cropped(volume: Volume, { above, leastShare, marginVoxels }: z.infer<typeof parameters>): Volume {
  const { slices, rows, columns, samples } = volume;
  const counts = { slice: new Uint32Array(slices), row: new Uint32Array(rows), column: new Uint32Array(columns) };
  let at = 0;
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      let inRow = 0;
      for (let i = 0; i < columns; i++) {
        if ((samples[at++] as number) <= above) continue;
        inRow++;
        counts.column[i] = (counts.column[i] as number) + 1;
      }
      counts.row[j] = (counts.row[j] as number) + inRow;
      counts.slice[k] = (counts.slice[k] as number) + inRow;
    }
  }
  const range = (perPlane: Uint32Array, area: number): Range | undefined => {
    const holds = (count: number): boolean => count > leastShare * area;
    const first = perPlane.findIndex(holds);
    if (first < 0) return undefined;
    const from = Math.max(0, first - marginVoxels);
    return { from, size: Math.min(perPlane.length, perPlane.findLastIndex(holds) + 1 + marginVoxels) - from };
  };
  const z = range(counts.slice, rows * columns);
  const y = range(counts.row, slices * columns);
  const x = range(counts.column, slices * rows);
  return x === undefined || y === undefined || z === undefined ? volume : cut(volume, x, y, z);
}

function cut(volume: Volume, x: Range, y: Range, z: Range): Volume {
  if (x.size === volume.columns && y.size === volume.rows && z.size === volume.slices) return volume;
  const samples = makeSamples(volume.sampleType, x.size * y.size * z.size);
  for (let k = 0; k < z.size; k++) {
    for (let j = 0; j < y.size; j++) {
      const from = ((z.from + k) * volume.rows + y.from + j) * volume.columns + x.from;
      samples.set(volume.samples.subarray(from, from + x.size), (k * y.size + j) * x.size);
    }
  }
  const { spacingMm, rowDirection, columnDirection, slicePositionsMm } = volume.geometry;
  const shift = vectors.add(
    vectors.times(rowDirection, x.from * spacingMm.column),
    vectors.times(columnDirection, y.from * spacingMm.row),
  );
  const positions: readonly Vector[] = slicePositionsMm
    .slice(z.from, z.from + z.size)
    .map((position) => vectors.add(position, shift));
  return {
    ...volume,
    columns: x.size,
    rows: y.size,
    slices: z.size,
    samples,
    geometry: { ...volume.geometry, slicePositionsMm: positions },
  };
}
