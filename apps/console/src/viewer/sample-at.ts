import type { Volume } from '../images/image-set';

/** The value of a pixel in the unit of the image; three of a coloured one. Undefined beside the image. */
export function valueAt(volume: Volume, x: number, y: number, slice: number): readonly number[] | undefined {
  const { columns, rows, samplesPerPixel, samples, slope, intercept } = volume;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= columns || row >= rows) return undefined;
  const at = ((slice * rows + row) * columns + column) * samplesPerPixel;
  return Array.from(samples.subarray(at, at + samplesPerPixel), (sample) => sample * slope + intercept);
}
