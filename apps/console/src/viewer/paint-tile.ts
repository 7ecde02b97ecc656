import type { Volume } from '../images/image-set';
import { brightness, type GreyTable, type Shades } from './grey-table';

/** Paints the samples of a tile: `pixels` are RGBA of a canvas, four bytes each (canvases of all browsers that run are little endian). */
export function paintTile(
  samples: Volume['samples'],
  { samplesPerPixel, slope, intercept }: Pick<Volume, 'samplesPerPixel' | 'slope' | 'intercept'>,
  shades: Shades,
  table: GreyTable | undefined,
  pixels: Uint32Array,
): void {
  if (table === undefined) {
    for (let at = 0; at < pixels.length; at += 1) {
      const grey = brightness((samples[at] ?? 0) * slope + intercept, shades, true);
      pixels[at] = 0xff000000 | (grey * 0x010101);
    }
    return;
  }
  const { shades: grey, offset } = table;
  if (samplesPerPixel === 1) {
    for (let at = 0; at < pixels.length; at += 1)
      pixels[at] = 0xff000000 | ((grey[(samples[at] ?? 0) + offset] ?? 0) * 0x010101);
    return;
  }
  for (let at = 0, from = 0; at < pixels.length; at += 1, from += 3) {
    const red = grey[(samples[from] ?? 0) + offset] ?? 0;
    const green = grey[(samples[from + 1] ?? 0) + offset] ?? 0;
    const blue = grey[(samples[from + 2] ?? 0) + offset] ?? 0;
    pixels[at] = 0xff000000 | (blue << 16) | (green << 8) | red;
  }
}
