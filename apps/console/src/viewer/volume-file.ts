import type { Volume } from '../images/image-set';
import { spansOf } from './masks';
import type { Overlay } from './overlay';

/** Samples that are shown in three planes and 3D at most: 256 along each of three axes. Software that draws 3D takes seconds for more. */
const MOST_SAMPLES = 256 ** 3;

const HEADER_BYTES = 352;

/** Every how many samples one is kept, along each axis. */
export type Steps = readonly [x: number, y: number, z: number];

type Grid = Pick<Volume, 'columns' | 'rows' | 'slices'>;

export const sizeAfter = ({ columns, rows, slices }: Grid, [x, y, z]: Steps): readonly [number, number, number] => [
  Math.ceil(columns / x),
  Math.ceil(rows / y),
  Math.ceil(slices / z),
];

/** The fewest samples left out so that no more than `most` stay: always along the axis that has most left. */
export function stepsFor(grid: Grid, most = MOST_SAMPLES): Steps {
  const steps: [number, number, number] = [1, 1, 1];
  for (;;) {
    const size = sizeAfter(grid, steps);
    if (size[0] * size[1] * size[2] <= most) return steps;
    const longest = size.indexOf(Math.max(...size)) as 0 | 1 | 2;
    steps[longest] += 1;
  }
}

/** `srow_x`, `srow_y` and `srow_z` of nifti1.h are three lines of four numbers. */
const SROW = 280;

/** A header like that of the volume, of a grid with samples left out. @param code of the type of samples (nifti1.h) */
function headerAfter(
  volume: Volume,
  steps: Steps,
  code: number,
  bits: number,
  scale: readonly [number, number],
): DataView {
  const header = new DataView(volume.nifti.slice(0, HEADER_BYTES));
  const size = sizeAfter(volume, steps);
  [3, ...size, 1, 1, 1, 1].forEach((length, axis) => {
    header.setInt16(40 + 2 * axis, length, true);
  });
  header.setInt16(70, code, true);
  header.setInt16(72, bits, true);
  header.setFloat32(108, HEADER_BYTES, true);
  header.setFloat32(112, scale[0], true);
  header.setFloat32(116, scale[1], true);
  header.setInt32(348, 0, true);
  steps.forEach((step, axis) => {
    const pixdim = 80 + 4 * axis;
    header.setFloat32(pixdim, header.getFloat32(pixdim, true) * step, true);
    // The first sample is kept, so where the grid begins stays; its steps grow.
    for (const row of [0, 1, 2]) {
      const at = SROW + 16 * row + 4 * axis;
      header.setFloat32(at, header.getFloat32(at, true) * step, true);
    }
  });
  return header;
}

const joined = (header: DataView, samples: ArrayBufferView): ArrayBuffer => {
  const file = new Uint8Array(HEADER_BYTES + samples.byteLength);
  file.set(new Uint8Array(header.buffer), 0);
  file.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), HEADER_BYTES);
  return file.buffer;
};

/** The volume as a NIfTI-1 file with samples left out; the file that there is where none are. */
export function reducedFile(volume: Volume, steps: Steps): ArrayBuffer {
  if (steps.every((step) => step === 1)) return volume.nifti;
  const [width, height, depth] = sizeAfter(volume, steps);
  const Type = volume.samples.constructor as new (length: number) => Volume['samples'];
  const kept = new Type(width * height * depth);
  let at = 0;
  for (let z = 0; z < depth; z += 1)
    for (let y = 0; y < height; y += 1) {
      const row = (z * steps[2] * volume.rows + y * steps[1]) * volume.columns;
      for (let x = 0; x < width; x += 1, at += 1) kept[at] = volume.samples[row + x * steps[0]] ?? 0;
    }
  const old = new DataView(volume.nifti, 0, HEADER_BYTES);
  const [code, bits] = [old.getInt16(70, true), old.getInt16(72, true)];
  return joined(headerAfter(volume, steps, code, bits, [volume.slope, volume.intercept]), kept);
}

/** Masks on the same grid as a NIfTI-1 file of bytes: 0, or 1 more than the finding's place in the palette. Undefined: there are none. */
export function labelFile(
  volume: Volume,
  steps: Steps,
  overlays: readonly Overlay[],
  colours: number,
): ArrayBuffer | undefined {
  const masked = overlays.filter(({ mask }) => mask !== undefined);
  if (masked.length === 0) return undefined;
  const [width, height, depth] = sizeAfter(volume, steps);
  const labels = new Uint8Array(width * height * depth);
  for (const { mask, slice = 0, colour } of masked) {
    if (mask === undefined || slice % steps[2] !== 0 || slice >= volume.slices) continue;
    const { bounds, rowStarts, columns } = spansOf(mask, volume.columns, volume.rows);
    const first = (slice / steps[2]) * width * height;
    for (let row = Math.ceil(bounds.y / steps[1]) * steps[1]; row < bounds.y + bounds.height; row += steps[1])
      for (let at = rowStarts[row - bounds.y] ?? 0; at < (rowStarts[row - bounds.y + 1] ?? 0); at += 1) {
        const line = first + (row / steps[1]) * width;
        const from = line + Math.ceil((columns[at * 2] ?? 0) / steps[0]);
        const to = line + Math.ceil((columns[at * 2 + 1] ?? 0) / steps[0]);
        labels.fill((Math.abs(Math.trunc(colour)) % colours) + 1, from, to);
      }
  }
  return joined(headerAfter(volume, steps, 2, 8, [1, 0]), labels);
}
