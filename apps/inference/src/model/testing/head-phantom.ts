import type { Vector, Volume } from '@medserve/clinical';

const TILT = (18.5 * Math.PI) / 180;

/**
 * A head of known volume under a tilted gantry with uneven slices: a ball of soft tissue in a shell of bone in a shell of
 * fat, with a ball of air within, over a table, in air, with padding in the corners.
 */
function makePhantom(tableMm: readonly number[]): Volume {
  const size = 180;
  const [columnDirection, spacing] = [[0, Math.cos(TILT), -Math.sin(TILT)] as Vector, 1];
  const samples = new Int16Array(tableMm.length * size * size);
  const slicePositionsMm = tableMm.map((z): Vector => [-90, -90, z + 30]);
  let index = 0;
  for (const [x0, y0, z0] of slicePositionsMm) {
    for (let j = 0; j < size; j++) {
      for (let i = 0; i < size; i++, index++) {
        const [x, y, z] = [x0 + i * spacing, y0 + j * columnDirection[1], z0 + j * columnDirection[2]];
        const r = Math.hypot(x, y, z);
        const isTable = y > 66 && y < 70 && Math.abs(x) < 60;
        const hu =
          Math.hypot(x, y, z - 10) < 15 ? -1000 : r < 50 ? 40 : r < 56 ? 900 : r < 60 ? -100 : isTable ? 200 : -1000;
        samples[index] = Math.hypot(i - 89.5, j - 89.5) > 90 ? -3024 : hu;
      }
    }
  }
  return {
    kind: 'volume',
    slices: tableMm.length,
    rows: size,
    columns: size,
    sampleType: 'int16',
    samples,
    geometry: {
      spacingMm: { row: spacing, column: spacing },
      rowDirection: [1, 0, 0],
      columnDirection,
      slicePositionsMm,
    },
  };
}

export const headPhantom = makePhantom(Array.from({ length: 70 }, (_, index) => -70 + index * 2 + (index % 3) * 0.5));
