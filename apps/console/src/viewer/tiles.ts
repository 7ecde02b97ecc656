import type { Volume } from '../images/image-set';
import { toImage, type Frame, type Size, type View } from './view';

/** Edge of a tile, in pixels that are painted. */
export const TILE = 512;

/** A part of a slice at half the size, a quarter, an eighth ...: `level` times halved. */
export interface Tile {
  readonly level: number;
  /** Of its top left corner, in pixels of the image. */
  readonly x: number;
  readonly y: number;
  /** In pixels that are painted: each stands for 2^level by 2^level of the image, those at the far edges for fewer. */
  readonly width: number;
  readonly height: number;
}

/** How often a slice is halved before it is drawn: a painted pixel is never drawn on less than half of one of the screen. */
export function levelFor(view: View, aspect: number, pixelRatio: number): number {
  const onScreen = view.scale * Math.max(1, aspect) * pixelRatio;
  return onScreen >= 1 ? 0 : Math.floor(Math.log2(1 / onScreen));
}

/** The tiles that a view shows some of, row by row. */
export function visibleTiles(view: View, frame: Frame, size: Size, pixelRatio: number): readonly Tile[] {
  const level = levelFor(view, frame.aspect, pixelRatio);
  const step = TILE * 2 ** level;
  const [x0, y0] = toImage(view, frame.aspect, 0, 0);
  const [x1, y1] = toImage(view, frame.aspect, size.width, size.height);
  const first = (at: number): number => Math.max(0, Math.floor(at / step));
  const last = (at: number, length: number): number => Math.min(Math.ceil(length / step), Math.ceil(at / step)) - 1;
  const painted = (from: number, length: number): number => Math.ceil(Math.min(step, length - from) / 2 ** level);
  const found: Tile[] = [];
  for (let row = first(y0); row <= last(y1, frame.rows); row += 1)
    for (let column = first(x0); column <= last(x1, frame.columns); column += 1) {
      const [x, y] = [column * step, row * step];
      found.push({ level, x, y, width: painted(x, frame.columns), height: painted(y, frame.rows) });
    }
  return found;
}

/** Samples averaged for a painted pixel are at most this many along each axis: time is bounded whatever the size. */
const TAPS = 4;

/** The samples of a tile, those of a pixel side by side: as they are at level 0, else means over what a painted pixel stands for. */
export function tileSamples(volume: Volume, slice: number, tile: Tile): Volume['samples'] {
  const { columns, rows, samplesPerPixel: planes, samples } = volume;
  const Type = samples.constructor as new (length: number) => Volume['samples'];
  const found = new Type(tile.width * tile.height * planes);
  const start = slice * rows * columns;
  if (tile.level === 0) {
    for (let row = 0; row < tile.height; row += 1) {
      const from = (start + (tile.y + row) * columns + tile.x) * planes;
      found.set(samples.subarray(from, from + tile.width * planes), row * tile.width * planes);
    }
    return found;
  }
  const step = 2 ** tile.level;
  const stride = Math.max(1, step / TAPS);
  const isWhole = !(samples instanceof Float32Array);
  let at = 0;
  for (let row = 0; row < tile.height; row += 1) {
    const y0 = tile.y + row * step;
    const y1 = Math.min(rows, y0 + step);
    for (let column = 0; column < tile.width; column += 1) {
      const x0 = tile.x + column * step;
      const x1 = Math.min(columns, x0 + step);
      for (let plane = 0; plane < planes; plane += 1) {
        let sum = 0;
        let count = 0;
        for (let y = y0; y < y1; y += stride)
          for (let x = x0; x < x1; x += stride) {
            sum += samples[(start + y * columns + x) * planes + plane] ?? 0;
            count += 1;
          }
        found[at] = isWhole ? Math.round(sum / count) : sum / count;
        at += 1;
      }
    }
  }
  return found;
}
