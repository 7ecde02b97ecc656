import { brightness, type Shades } from './grey-table';

/** Widths from the centre to where a sigmoid is as good as black, or white: less than one of 255 away. */
const SIGMOID_WIDTHS = 1.5;

/** Steps of a colour map of niivue. */
const STEPS = Array.from({ length: 256 }, (_, step) => step);

/** How niivue shows a window: values from `low` to `high` on a straight line, or by a colour map between them. */
export interface PlanesRange {
  readonly low: number;
  readonly high: number;
  /** Brightness at each of its steps; undefined of what is straight and grows brighter. */
  readonly shades: readonly number[] | undefined;
}

/** What comes to the same as a window; of a sigmoid (DICOM PS3.3 C.11.2.1.3.1) the line is bent by the colour map, inverted it falls. */
export function planesRange({ window, isInverted }: Shades): PlanesRange {
  const isBent = window.function === 'sigmoid';
  const reach = window.width * (isBent ? SIGMOID_WIDTHS : 0.5);
  const low = window.center - reach;
  const shade = (step: number): number => brightness(low + (step / 255) * 2 * reach, { window, isInverted }, true);
  return { low, high: window.center + reach, shades: isBent || isInverted ? STEPS.map(shade) : undefined };
}
