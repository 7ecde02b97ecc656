import { dicomFile, image } from '@medserve/testkit';

const SIZE = 64;

/** A CT slice of a body-like disc in air, with a header that names nobody. `seed` makes its pixels differ. */
export function syntheticSlice(
  seed = 0,
  { position = 0, series = '1.2.3.4.5' }: { position?: number; series?: string } = {},
): Buffer {
  const pixels = Buffer.alloc(SIZE * SIZE * 2);
  for (let row = 0; row < SIZE; row += 1) {
    for (let column = 0; column < SIZE; column += 1) {
      const isBody = (row - SIZE / 2) ** 2 + (column - SIZE / 2) ** 2 < (SIZE / 3) ** 2;
      // Stored values of unsigned 16 bits with an intercept of -1024: soft tissue at 40 HU, air at -1000 HU.
      pixels.writeUInt16LE(isBody ? 1064 + ((row * column + seed) % 7) : 24, (row * SIZE + column) * 2);
    }
  }
  return dicomFile(
    image(SIZE, SIZE, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
      0x00080018: ['UI', `1.2.3.4.6.${String(seed)}`],
      0x00080060: ['CS', 'CT'],
      0x00100010: ['PN', 'Doe^Jane'],
      0x00100020: ['LO', 'MRN4471029'],
      0x00180050: ['DS', 5],
      0x0020000e: ['UI', series],
      0x00200032: ['DS', [0, 0, position]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [1, 1]],
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      0x7fe00010: ['OW', pixels],
    }),
  );
}

/** A stack of `count` slices, 5 mm apart. */
export const syntheticSeries = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => syntheticSlice(index, { position: index * 5, series: '1.2.3.4.9' }));
