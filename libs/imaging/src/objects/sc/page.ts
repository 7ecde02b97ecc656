import { inAscii } from '../common/character-set';
import type { Finding } from '../findings/finding';
import type { Drawn } from '../findings/drawn';
import { samplesOf, type Outline } from '../findings/outlines';
import { isOnFrame } from '../findings/drawn';
import { pixelAspectOf, type SourceFrame } from '../common/source-image';
import { colourOf, type Rgb } from '../seg/colours';
import { Canvas, wrapped } from './canvas';
import { ADVANCE } from './font';
import type { ShownFrame } from './shown-frame';

const WHITE: Rgb = [255, 255, 255];
const YELLOW: Rgb = [255, 255, 0];
const MARGIN = 8;
/** Dots of the picture to one of the font. */
const DOTS = 2;
/** The longer side of the image on the page: small images are enlarged by whole numbers, large ones made smaller. */
const LEAST = 512;
const MOST = 1024;
/** Lines of a page's text. */
const MOST_LINES = 60;

export interface Picture {
  readonly frame: SourceFrame;
  readonly shown: ShownFrame;
  readonly drawn: readonly Drawn[];
}

/** A page: the banner, the image with what was drawn on it where there is one, and the findings in words. */
export function page(banner: string, lines: readonly Line[], picture: Picture | undefined, isFilled: boolean): Canvas {
  const image = picture && imageOf(picture);
  const width = image === undefined ? LEAST * 1.5 : Math.max(LEAST, image.width);
  const imageHeight = image?.height ?? 0;
  const perLine = Math.floor((width - 2 * MARGIN) / (ADVANCE.x * DOTS));
  const top = linesOf([{ text: banner, colour: YELLOW }], perLine);
  const bottom = linesOf(lines, perLine).slice(0, MOST_LINES);
  const lineHeight = ADVANCE.y * DOTS;
  const imageTop = top.length * lineHeight + 2 * MARGIN;
  const canvas = new Canvas(width, imageTop + imageHeight + bottom.length * lineHeight + 2 * MARGIN);
  writeLines(canvas, top, MARGIN);
  if (picture !== undefined && image !== undefined) drawPicture(canvas, picture, imageTop, image, isFilled);
  writeLines(canvas, bottom, imageTop + imageHeight + MARGIN);
  return canvas;
}

export interface Line {
  readonly text: string;
  readonly colour: Rgb;
}

export const lineOf = (text: string, index?: number): Line => ({
  text,
  colour: index === undefined ? WHITE : colourOf(index),
});

/** The image on the page, and how many of its dots a pixel is wide and high. */
interface PageImage {
  readonly width: number;
  readonly height: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Pixels that are no squares are drawn in their proportions: those of the page are squares. */
function imageOf({ frame, shown }: Picture): PageImage {
  const [pixelHeight, pixelWidth] = pixelAspectOf(frame);
  const shorter = Math.min(pixelHeight, pixelWidth);
  const [wide, high] = [pixelWidth / shorter, pixelHeight / shorter];
  const scale = scaleOf(Math.max(shown.width * wide, shown.height * high));
  const [scaleX, scaleY] = [scale * wide, scale * high];
  const inDots = (pixels: number): number => Math.max(1, Math.round(pixels));
  return { width: inDots(shown.width * scaleX), height: inDots(shown.height * scaleY), scaleX, scaleY };
}

const scaleOf = (longer: number): number => (longer > MOST ? MOST / longer : Math.max(1, Math.floor(LEAST / longer)));

const linesOf = (lines: readonly Line[], perLine: number): Line[] =>
  lines.flatMap(({ text, colour }) => wrapped(inAscii(text), perLine).map((line) => ({ text: line, colour })));

function writeLines(canvas: Canvas, lines: readonly Line[], top: number): void {
  for (const [index, { text, colour }] of lines.entries()) {
    canvas.text(text, MARGIN, top + index * ADVANCE.y * DOTS, DOTS, colour);
  }
}

function drawPicture(
  canvas: Canvas,
  { frame, shown, drawn }: Picture,
  top: number,
  { width, height, scaleX, scaleY }: PageImage,
  isFilled: boolean,
): void {
  const fills = isFilled ? drawn.flatMap(({ finding, index }) => fillOf(finding, frame, index)) : [];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = Math.floor(y / scaleY) * shown.width + Math.floor(x / scaleX);
      canvas.dot(x, top + y, colourAt(shown, from));
      for (const { samples, colour } of fills) if (samples[from] === 1) canvas.dot(x, top + y, colour, 0.5);
    }
  }
  for (const { index, outlines } of drawn) {
    for (const outline of outlines) canvas.outline(scaled(outline, scaleX, scaleY, top), colourOf(index));
  }
}

function fillOf({ place }: Finding, frame: SourceFrame, index: number): { samples: Uint8Array; colour: Rgb }[] {
  const placed = place.kind === 'masks' ? place.masks.find(({ on }) => isOnFrame(on, frame)) : undefined;
  return placed === undefined ? [] : [{ samples: samplesOf(placed.mask), colour: colourOf(index) }];
}

function colourAt({ channels, samples }: ShownFrame, pixel: number): Rgb {
  const at = pixel * channels;
  const value = samples[at] as number;
  return channels === 1 ? [value, value, value] : [value, samples[at + 1] as number, samples[at + 2] as number];
}

const scaled = (outline: Outline, scaleX: number, scaleY: number, top: number): Outline =>
  outline.map(([x, y]) => [x * scaleX, top + y * scaleY]);
