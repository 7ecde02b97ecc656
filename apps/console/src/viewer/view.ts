/** Width and height of something on the page, in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is laid out: the pixels of a slice, and how many times taller than wide one of them is in the patient. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly aspect: number;
}

/** Where the top left corner of the slice stands in the canvas, and how many CSS pixels one column is wide. */
export interface View {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** One pixel of the image fills no more of the canvas than this, in CSS pixels. */
const LARGEST_SCALE = 64;

/** An image is never zoomed out beyond this share of where it fits. */
const SMALLEST_OF_FIT = 0.25;

/** Some of the image always stays where it can be grabbed, in CSS pixels. */
const KEPT_IN_SIGHT = 48;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

const fitScale = ({ columns, rows, aspect }: Frame, { width, height }: Size): number =>
  Math.min(width / columns, height / (rows * aspect));

function centred(frame: Frame, size: Size, scale: number): View {
  return {
    scale,
    left: (size.width - frame.columns * scale) / 2,
    top: (size.height - frame.rows * frame.aspect * scale) / 2,
  };
}

/** The whole slice, as large as it goes, in the middle. */
export const fitView = (frame: Frame, size: Size): View => centred(frame, size, fitScale(frame, size));

/** One column a pixel of the screen, in the middle. @param pixelRatio pixels of the screen in one CSS pixel */
export const trueView = (frame: Frame, size: Size, pixelRatio: number): View => centred(frame, size, 1 / pixelRatio);

/** Moves the slice by CSS pixels, as far as some of it stays in sight. */
export function panBy(view: View, dx: number, dy: number, frame: Frame, size: Size): View {
  const [width, height] = [frame.columns * view.scale, frame.rows * frame.aspect * view.scale];
  return {
    scale: view.scale,
    left: clamp(view.left + dx, Math.min(KEPT_IN_SIGHT, size.width) - width, size.width - KEPT_IN_SIGHT),
    top: clamp(view.top + dy, Math.min(KEPT_IN_SIGHT, size.height) - height, size.height - KEPT_IN_SIGHT),
  };
}

/** Zooms so that what is under (x, y) of the canvas stays there. */
export function zoomAbout(view: View, factor: number, x: number, y: number, frame: Frame, size: Size): View {
  const fit = fitScale(frame, size);
  const scale = clamp(view.scale * factor, fit * SMALLEST_OF_FIT, Math.max(LARGEST_SCALE, fit));
  const by = scale / view.scale;
  return panBy({ scale, left: x - (x - view.left) * by, top: y - (y - view.top) * by }, 0, 0, frame, size);
}

/** Moves the slice so that a place of it, in pixels of the image, is seen; nothing moves where it already is. */
export function bringIntoSight(view: View, x: number, y: number, frame: Frame, size: Size): View {
  const [left, top] = toCanvas(view, frame.aspect, x, y);
  if (left >= 0 && top >= 0 && left <= size.width && top <= size.height) return view;
  return panBy(view, size.width / 2 - left, size.height / 2 - top, frame, size);
}

/** From the canvas to pixels of the image: the left edge of pixel 3 is 3, its centre 3.5. */
export const toImage = (view: View, aspect: number, x: number, y: number): readonly [number, number] => [
  (x - view.left) / view.scale,
  (y - view.top) / (view.scale * aspect),
];

export const toCanvas = (view: View, aspect: number, x: number, y: number): readonly [number, number] => [
  view.left + x * view.scale,
  view.top + y * view.scale * aspect,
];
