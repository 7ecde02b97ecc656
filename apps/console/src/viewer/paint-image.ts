import type { Volume } from '../images/image-set';
import { greyTable, type GreyTable, type Shades } from './grey-table';
import { paintTile } from './paint-tile';
import { tileSamples, visibleTiles, type Tile } from './tiles';
import { toCanvas, type Frame, type Size, type View } from './view';
import { isSameWindow } from './window-level';

/** Painted tiles that are kept, of a megabyte each at most, beside those in sight. */
const KEPT = 24;

/** From here on a pixel of the image is drawn as the square that it is, in pixels of the screen. */
const SQUARE_FROM = 12;

export interface Picture {
  readonly slice: number;
  readonly view: View;
  readonly shades: Shades;
  readonly size: Size;
  readonly pixelRatio: number;
}

interface Painted {
  readonly canvas: OffscreenCanvas;
  readonly samples: Volume['samples'];
  version: number;
}

/**
 * Draws slices of one volume on a canvas. Only what is in sight is painted, at no more than twice the screen's pixels each way:
 * a window is changed at once, however large the image is.
 */
export class ImagePainter {
  readonly #tiles = new Map<string, Painted>();
  #shades: Shades | undefined;
  #table: GreyTable | undefined;
  #version = 0;

  constructor(
    private readonly volume: Volume,
    private readonly frame: Frame,
  ) {}

  draw(context: CanvasRenderingContext2D, { slice, view, shades, size, pixelRatio }: Picture): void {
    this.#take(shades);
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    context.imageSmoothingEnabled = view.scale * pixelRatio < SQUARE_FROM;
    context.imageSmoothingQuality = 'low';
    const tiles = visibleTiles(view, this.frame, size, pixelRatio);
    for (const tile of tiles) drawTile(context, view, this.frame.aspect, pixelRatio, tile, this.#painted(slice, tile));
    this.#forget(tiles.length + KEPT);
  }

  /** How many tiles are kept ready. */
  get kept(): number {
    return this.#tiles.size;
  }

  /** Lets go of all that was painted. */
  free(): void {
    // A canvas without size gives its memory back at once, not when garbage is collected.
    for (const { canvas } of this.#tiles.values()) canvas.width = canvas.height = 0;
    this.#tiles.clear();
  }

  #take(shades: Shades): void {
    if (
      this.#shades !== undefined &&
      isSameWindow(this.#shades.window, shades.window) &&
      this.#shades.isInverted === shades.isInverted
    )
      return;
    this.#shades = shades;
    this.#table = greyTable(this.volume, shades);
    this.#version += 1;
  }

  #painted(slice: number, tile: Tile): OffscreenCanvas {
    const key = [slice, tile.level, tile.x, tile.y].join(' ');
    let painted = this.#tiles.get(key);
    painted ??= {
      canvas: new OffscreenCanvas(tile.width, tile.height),
      samples: tileSamples(this.volume, slice, tile),
      version: 0,
    };
    this.#tiles.delete(key);
    this.#tiles.set(key, painted);
    if (painted.version !== this.#version && this.#shades !== undefined) {
      const context = painted.canvas.getContext('2d');
      const image = new ImageData(tile.width, tile.height);
      paintTile(painted.samples, this.volume, this.#shades, this.#table, new Uint32Array(image.data.buffer));
      context?.putImageData(image, 0, 0);
      painted.version = this.#version;
    }
    return painted.canvas;
  }

  #forget(most: number): void {
    for (const [key, { canvas }] of this.#tiles) {
      if (this.#tiles.size <= most) return;
      canvas.width = canvas.height = 0;
      this.#tiles.delete(key);
    }
  }
}

/** Draws what was painted of a tile where it belongs; edges fall on pixels of the screen, so that no seam shows between tiles. */
export function drawTile(
  context: CanvasRenderingContext2D,
  view: View,
  aspect: number,
  pixelRatio: number,
  { level, x, y, width, height }: Tile,
  canvas: CanvasImageSource,
): void {
  const step = 2 ** level;
  const snap = (at: number): number => Math.round(at * pixelRatio) / pixelRatio;
  const [left, top] = toCanvas(view, aspect, x, y).map(snap);
  const [right, bottom] = toCanvas(view, aspect, x + width * step, y + height * step).map(snap);
  if (left === undefined || top === undefined || right === undefined || bottom === undefined) return;
  context.drawImage(canvas, left, top, right - left, bottom - top);
}
