import type { Box } from '@medserve/clinical';
import { paintMask } from './masks';
import type { MarkIndex } from './mark-index';
import type { Mark } from './marks';
import type { Overlay } from './overlay';
import { placeLabels } from './place-labels';
import { drawTile } from './paint-image';
import { visibleTiles, type Tile } from './tiles';
import { toCanvas, toImage, type Frame, type Size, type View } from './view';

/** How findings look: read from the page once, so that pictures and tables show a finding alike. */
export interface Look {
  /** `--finding-0` ... as `#rrggbb`. */
  readonly palette: readonly string[];
  readonly font: string;
}

export interface Marked {
  readonly marks: MarkIndex;
  readonly view: View;
  readonly size: Size;
  readonly pixelRatio: number;
  /** Ids of findings that stand out: the one that is selected, and the one under the pointer. */
  readonly strong: ReadonlySet<string>;
  readonly hasLabels: boolean;
  /** A box that a person is drawing. */
  readonly draft?: Box | undefined;
}

/** With more in sight than this, only what stands out is named: names would hide the image. */
const NAMED = 40;

type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A canvas without size gives its memory back at once, not when garbage is collected. */
const letGo = (canvas: OffscreenCanvas): void => {
  canvas.width = canvas.height = 0;
};

/** Up to so many marks at once are outlined. */
const OUTLINED = 500;

const DARK = 'rgb(0 0 0 / 75%)';

/** Draws what was found over an image, in lines of one width whatever the zoom. */
export class MarkPainter {
  #masks: { readonly key: string; readonly tiles: ReadonlyMap<Tile, OffscreenCanvas> } | undefined;
  #of: MarkIndex | undefined;
  #crowd: OffscreenCanvas | undefined;
  #isBlank = true;

  constructor(
    private readonly frame: Frame,
    private readonly look: Look,
  ) {}

  draw(context: CanvasRenderingContext2D, marked: Marked): void {
    const { view, size, pixelRatio, strong } = marked;
    const seen = marked.marks.within(this.#inSight(view, size));
    const isBlank = seen.length === 0 && marked.draft === undefined;
    if (isBlank && this.#isBlank) return;
    this.#isBlank = isBlank;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    this.#drawMasks(context, marked, seen);
    const usual = seen.filter(({ overlay }) => !strong.has(overlay.id));
    const standing = seen.filter(({ overlay }) => strong.has(overlay.id));
    if (usual.length <= OUTLINED) this.#drawLines(context, view, usual, 2);
    else this.#drawCrowd(context, marked, usual);
    this.#drawLines(context, view, standing, 4);
    const named = seen.length <= NAMED ? [...standing, ...usual] : standing;
    if (marked.hasLabels) this.#drawLabels(context, marked, named);
    if (marked.draft !== undefined) this.#drawDraft(context, view, marked.draft);
  }

  free(): void {
    this.#masks?.tiles.forEach(letGo);
    this.#masks = undefined;
    if (this.#crowd !== undefined) letGo(this.#crowd);
    this.#crowd = undefined;
  }

  #inSight(view: View, size: Size): Box {
    const [x, y] = toImage(view, this.frame.aspect, 0, 0);
    const [right, bottom] = toImage(view, this.frame.aspect, size.width, size.height);
    return { x, y, width: right - x, height: bottom - y };
  }

  #colour({ overlay }: Mark): string {
    const { palette } = this.look;
    return palette[Math.abs(Math.trunc(overlay.colour)) % palette.length] ?? '#ffffff';
  }

  /** Thousands of strokes are drawn by the processor at once; by way of the graphics card they take seconds. */
  #drawCrowd(context: CanvasRenderingContext2D, { view, pixelRatio }: Marked, marks: readonly Mark[]): void {
    const { width, height } = context.canvas;
    this.#crowd ??= new OffscreenCanvas(width, height);
    this.#crowd.width = width;
    this.#crowd.height = height;
    const apart = this.#crowd.getContext('2d', { willReadFrequently: true });
    if (apart === null) return;
    apart.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    this.#drawLines(apart, view, marks, 1.5);
    context.drawImage(this.#crowd, 0, 0, width / pixelRatio, height / pixelRatio);
  }

  #drawLines(context: Pen, view: View, marks: readonly Mark[], width: number): void {
    context.lineJoin = 'round';
    // A dark line below keeps a mark apart from bright pixels; of thousands it would only cost time and hide more.
    if (marks.length <= OUTLINED) {
      context.strokeStyle = DARK;
      context.lineWidth = width + 2;
      for (const { overlay } of marks) this.#strokeShape(context, view, overlay);
    }
    context.lineWidth = width;
    for (const mark of marks) {
      context.strokeStyle = this.#colour(mark);
      this.#strokeShape(context, view, mark.overlay);
    }
  }

  /** One by one: a path of thousands of shapes takes a browser seconds. */
  #strokeShape(context: Pen, view: View, { box, polygon }: Overlay): void {
    if (box !== undefined) {
      const { left, top, width, height } = this.#onCanvas(view, box);
      context.strokeRect(left, top, width, height);
    }
    if (polygon === undefined) return;
    context.beginPath();
    polygon.forEach(([x, y], index) => {
      const [left, top] = toCanvas(view, this.frame.aspect, x, y);
      if (index === 0) context.moveTo(left, top);
      else context.lineTo(left, top);
    });
    context.closePath();
    context.stroke();
  }

  #onCanvas(view: View, { x, y, width, height }: Box) {
    const [left, top] = toCanvas(view, this.frame.aspect, x, y);
    return { left, top, width: width * view.scale, height: height * view.scale * this.frame.aspect };
  }

  #drawDraft(context: CanvasRenderingContext2D, view: View, draft: Box): void {
    const { left, top, width, height } = this.#onCanvas(view, draft);
    context.lineWidth = 2;
    context.strokeStyle = DARK;
    context.strokeRect(left, top, width, height);
    context.setLineDash([6, 4]);
    context.strokeStyle = '#ffffff';
    context.strokeRect(left, top, width, height);
    context.setLineDash([]);
  }

  #drawLabels(context: CanvasRenderingContext2D, { view, size }: Marked, marks: readonly Mark[]): void {
    context.font = this.look.font;
    context.textBaseline = 'middle';
    const wanted = marks.map((mark) => {
      const [left, top] = toCanvas(view, this.frame.aspect, mark.bounds.x, mark.bounds.y);
      const [, bottom] = toCanvas(view, this.frame.aspect, 0, mark.bounds.y + mark.bounds.height);
      const text = shortened(mark.overlay.label);
      return { text, colour: this.#colour(mark), left, top, bottom, width: context.measureText(text).width + 18 };
    });
    for (const { of, left, top, height } of placeLabels(wanted, size)) {
      context.fillStyle = 'rgb(0 0 0 / 80%)';
      context.fillRect(left, top, of.width, height);
      context.fillStyle = of.colour;
      context.fillRect(left, top, 4, height);
      context.fillStyle = '#ffffff';
      context.fillText(of.text, left + 10, top + height / 2);
    }
  }

  #drawMasks(context: CanvasRenderingContext2D, marked: Marked, seen: readonly Mark[]): void {
    const masks = seen.filter(({ spans }) => spans !== undefined);
    const { view, size, pixelRatio } = marked;
    if (masks.length === 0) return;
    const tiles = visibleTiles(view, this.frame, size, pixelRatio);
    const key = JSON.stringify([
      tiles.map(({ level, x, y }) => [level, x, y]),
      masks.length,
      masks.flatMap(({ overlay }) => (marked.strong.has(overlay.id) ? overlay.id : [])),
    ]);
    if (this.#masks?.key !== key || this.#of !== marked.marks) {
      this.#masks?.tiles.forEach(letGo);
      this.#of = marked.marks;
      this.#masks = { key, tiles: new Map(tiles.map((tile) => [tile, this.#maskTile(tile, masks, marked.strong)])) };
    }
    context.imageSmoothingEnabled = false;
    for (const [tile, canvas] of this.#masks.tiles)
      drawTile(context, view, this.frame.aspect, pixelRatio, tile, canvas);
  }

  #maskTile(tile: Tile, masks: readonly Mark[], strong: ReadonlySet<string>): OffscreenCanvas {
    const canvas = new OffscreenCanvas(tile.width, tile.height);
    const image = new ImageData(tile.width, tile.height);
    const pixels = new Uint32Array(image.data.buffer);
    for (const mark of masks)
      if (mark.spans !== undefined)
        paintMask(mark.spans, tile, pixelOf(this.#colour(mark)), strong.has(mark.overlay.id), pixels);
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    return canvas;
  }
}

/** `#rrggbb` as a pixel of a canvas (little endian: blue above green above red), without its alpha. */
function pixelOf(colour: string): number {
  const rgb = Number.parseInt(colour.slice(1), 16) || 0;
  return ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16);
}

const LONGEST = 40;

const shortened = (label: string): string => {
  const [head] = label.split('\n', 1);
  const text = head ?? '';
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
};
