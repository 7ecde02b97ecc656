import { axisCode, axisOf, vectors, type AxisLetter, type Vector, type Volume } from '@medserve/clinical';
import { z } from 'zod';
import { gridGeometry, indexGrid, type IndexGrid } from '../../volume/index-grid';
import { needVolume } from '../need-volume';
import { makeSamples } from '../../samples';
import type { Step } from '../step';

const namesEachAxisOnce = (code: string): boolean =>
  /^[LRPASI]{3}$/.test(code) && new Set(Array.from(code).map((letter) => axisOf(letter as AxisLetter).axis)).size === 3;

const parameters = z.strictObject({
  to: z.string().refine(namesEachAxisOnce, 'three letters, one each of L or R, P or A, S or I'),
});

/**
 * Turns and mirrors the axes so that column, row and slice index grow to the three letters of `to`, as NIfTI tools write
 * it (`RAS`: columns to the right, rows to the front, slices up). Samples keep their values; an oblique volume stays oblique.
 * Where another axis becomes that of the slices they have to be evenly spaced: `resample` comes first.
 */
export const reorient: Step<z.infer<typeof parameters>> = {
  id: 'reorient',
  parameters,
  apply: ({ image, placement }, { to }) => ({ image: turned(needVolume(image), to), placement }),
};

function turned(volume: Volume, to: string): Volume {
  const from = axisCode(volume.geometry);
  if (from === to) return volume;
  const grid = indexGrid(volume.geometry);
  if (grid === undefined) throw new Error('"reorient" takes evenly spaced slices; "resample" has to come before it.');
  const sizes = [volume.columns, volume.rows, volume.slices];
  const strides = [1, volume.columns, volume.columns * volume.rows];
  const source = Array.from(from).map((letter) => axisOf(letter as AxisLetter));

  let start = 0;
  let origin = grid.origin;
  const axes = Array.from(to).map((letter) => {
    const wanted = axisOf(letter as AxisLetter);
    const axis = source.findIndex((found) => found.axis === wanted.axis);
    const [size, stride, step] = [sizes[axis] as number, strides[axis] as number, grid.steps[axis] as Vector];
    if (source[axis]?.sign === wanted.sign) return { size, stride, step };
    start += (size - 1) * stride;
    origin = vectors.add(origin, vectors.times(step, size - 1));
    return { size, stride: -stride, step: vectors.times(step, -1) };
  });
  const [column, row, slice] = axes as [(typeof axes)[0], (typeof axes)[0], (typeof axes)[0]];

  const samples = makeSamples(volume.sampleType, volume.samples.length);
  let at = 0;
  for (let k = 0; k < slice.size; k++) {
    for (let j = 0; j < row.size; j++) {
      let from = start + k * slice.stride + j * row.stride;
      for (let i = 0; i < column.size; i++, from += column.stride) samples[at++] = volume.samples[from] as number;
    }
  }
  const turnedGrid: IndexGrid = { steps: [column.step, row.step, slice.step], origin };
  return {
    ...volume,
    columns: column.size,
    rows: row.size,
    slices: slice.size,
    samples,
    geometry: gridGeometry(turnedGrid, slice.size),
  };
}
