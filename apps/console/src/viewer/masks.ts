import type { Box, RunLengthMask } from '@medserve/clinical';
import type { Tile } from './tiles';

/** A mask as stretches of its rows. Row `y` holds those from `rowStarts[y - bounds.y]` up to the next row's. */
export interface Spans {
  /** The smallest box around it; of an empty mask without width and height. */
  readonly bounds: Box;
  readonly rowStarts: Uint32Array;
  /** First column, and the column after the last, of each stretch. */
  readonly columns: Uint32Array;
}

const EMPTY: Spans = {
  bounds: { x: 0, y: 0, width: 0, height: 0 },
  rowStarts: new Uint32Array(1),
  columns: new Uint32Array(0),
};

/**
 * Decodes run lengths (row-major, beginning with zeros). A mask of another size than the image has no place on it, and runs after
 * the last pixel, or of a length that is none, are not drawn.
 */
export function spansOf(mask: RunLengthMask, columns: number, rows: number): Spans {
  if (mask.width !== columns || mask.height !== rows) return EMPTY;
  const found: number[] = [];
  let [at, left, right] = [0, columns, 0];
  const end = columns * rows;
  for (const [index, count] of mask.counts.entries()) {
    if (!(count >= 0)) break;
    const next = Math.min(end, at + Math.floor(count));
    for (let from = at; index % 2 === 1 && from < next;) {
      const row = Math.floor(from / columns);
      const to = Math.min(next, (row + 1) * columns);
      const [first, last] = [from - row * columns, to - row * columns];
      found.push(row, first, last);
      left = Math.min(left, first);
      right = Math.max(right, last);
      from = to;
    }
    at = next;
  }
  return found.length === 0 ? EMPTY : packed(found, left, right);
}

/** @param found row, first column and the one after the last of each stretch, by rows */
function packed(found: readonly number[], left: number, right: number): Spans {
  const [top, bottom] = [found[0] ?? 0, (found.at(-3) ?? 0) + 1];
  const rowStarts = new Uint32Array(bottom - top + 1);
  const stretches = found.length / 3;
  const columns = new Uint32Array(stretches * 2);
  for (let index = 0; index < stretches; index += 1) {
    columns[index * 2] = found[index * 3 + 1] ?? 0;
    columns[index * 2 + 1] = found[index * 3 + 2] ?? 0;
    const row = (found[index * 3] ?? 0) - top + 1;
    rowStarts[row] = (rowStarts[row] ?? 0) + 1;
  }
  for (let row = 1; row < rowStarts.length; row += 1)
    rowStarts[row] = (rowStarts[row] ?? 0) + (rowStarts[row - 1] ?? 0);
  return { bounds: { x: left, y: top, width: right - left, height: bottom - top }, rowStarts, columns };
}

/** Whether the mask holds a pixel. */
export function holds({ bounds, rowStarts, columns }: Spans, x: number, y: number): boolean {
  const [column, row] = [Math.floor(x), Math.floor(y) - bounds.y];
  if (row < 0 || row >= bounds.height) return false;
  let [low, high] = [rowStarts[row] ?? 0, rowStarts[row + 1] ?? 0];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column >= (columns[middle * 2 + 1] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low < (rowStarts[row + 1] ?? 0) && column >= (columns[low * 2] ?? 0);
}

/** How strongly masks cover the image, 0 to 255: within, and on their rim. */
const WITHIN = 0x50;
const RIM = 0xe6;

/**
 * Paints a mask on a tile; each painted pixel shows what lies under its centre.
 * @param rgb colour as a pixel of a canvas without its alpha @param pixels RGBA of the tile, painted over
 */
export function paintMask(spans: Spans, tile: Tile, rgb: number, isStrong: boolean, pixels: Uint32Array): void {
  const step = 2 ** tile.level;
  const { bounds, rowStarts, columns } = spans;
  const within = ((((isStrong ? WITHIN * 1.6 : WITHIN) & 0xff) << 24) | rgb) >>> 0;
  const rim = ((RIM << 24) | rgb) >>> 0;
  const isIn = (column: number, row: number): boolean =>
    holds(spans, tile.x + (column + 0.5) * step, tile.y + (row + 0.5) * step);
  const first = Math.max(0, Math.floor((bounds.y - tile.y) / step));
  const last = Math.min(tile.height, Math.ceil((bounds.y + bounds.height - tile.y) / step));
  for (let row = first; row < last; row += 1) {
    const of = Math.floor(tile.y + (row + 0.5) * step) - bounds.y;
    if (of < 0 || of >= bounds.height) continue;
    for (let at = rowStarts[of] ?? 0; at < (rowStarts[of + 1] ?? 0); at += 1) {
      // The first painted pixel whose centre is not left of the stretch, and the first whose centre is past it.
      const from = Math.max(0, Math.ceil(((columns[at * 2] ?? 0) - tile.x) / step - 0.5));
      const to = Math.min(tile.width, Math.ceil(((columns[at * 2 + 1] ?? 0) - tile.x) / step - 0.5));
      for (let column = from; column < to; column += 1) {
        const isRim = column === from || column === to - 1 || !isIn(column, row - 1) || !isIn(column, row + 1);
        pixels[row * tile.width + column] = isRim ? rim : within;
      }
    }
  }
}
