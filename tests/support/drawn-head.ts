import { dicomFile, image } from '@medserve/testkit';

const SIDE = 192;
const SPACING_MM = 1;
const SLICE_MM = 5;
/** Half axes of the head, in millimetres: across, front to back, head to foot. */
const HEAD = [68, 84, 80] as const;

/** How far a place is from the middle of an ellipsoid, in parts of its half axes: 1 is its surface. */
const depth = (at: readonly number[], axes: readonly number[]): number =>
  Math.hypot(...at.map((length, axis) => length / (axes[axis] ?? 1)));

/** Hounsfield units of a drawn head at a place in millimetres from its middle: skin, skull, brain, ventricles, air. */
function hounsfieldAt(x: number, y: number, z: number): number {
  const out = depth([x, y, z], HEAD);
  if (out > 1) return -1000;
  if (out > 0.95) return 45;
  if (out > 0.87) return 900;
  const isVentricle = depth([Math.abs(x) - 11, y + 6, z - 4], [7, 24, 16]) < 1;
  if (isVentricle) return 8;
  const isFold = Math.abs(x) < 1.2 || (out > 0.76 && Math.sin(Math.atan2(y, x) * 22) > 0.6);
  return isFold ? 14 : 34 + 4 * Math.sin(x / 9) * Math.cos(y / 11);
}

/** CT slices of a drawn head, 192 x 192 at 1 mm, 5 mm apart. It is nobody's: ellipses, and a header that names a phantom. */
export const drawnHead = (slices = 24): Buffer[] => Array.from({ length: slices }, (_, index) => slice(index, slices));

function slice(index: number, slices: number): Buffer {
  const z = (index - (slices - 1) / 2) * SLICE_MM;
  const pixels = Buffer.alloc(SIDE * SIDE * 2);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const place = row * SIDE + column;
      // Grain as of a scanner, the same at each drawing.
      const grain = ((place * 7_919 + index * 104_729) % 13) - 6;
      const value = hounsfieldAt((column - SIDE / 2) * SPACING_MM, (row - SIDE / 2) * SPACING_MM, z) + grain;
      pixels.writeUInt16LE(Math.max(0, Math.round(value) + 1024), place * 2);
    }
  }
  const corner = (-SIDE / 2) * SPACING_MM;
  return dicomFile(
    image(SIDE, SIDE, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
      0x00080018: ['UI', `1.2.3.4.10.1.${String(index + 1)}`],
      0x00080060: ['CS', 'CT'],
      0x00100010: ['PN', 'Phantom^Drawn'],
      0x00100020: ['LO', 'PHANTOM'],
      0x00180015: ['CS', 'HEAD'],
      0x00180050: ['DS', SLICE_MM],
      0x0020000d: ['UI', '1.2.3.4.10'],
      0x0020000e: ['UI', '1.2.3.4.10.1'],
      0x00200013: ['IS', index + 1],
      0x00200032: ['DS', [corner, corner, z]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [SPACING_MM, SPACING_MM]],
      0x00281050: ['DS', 40],
      0x00281051: ['DS', 100],
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      0x7fe00010: ['OW', pixels],
    }),
  );
}
