import type { Box, RunLengthMask } from '@medserve/clinical';
import type { ImageSet } from '../images/image-set';

/** Something found, drawn on the pixels that it belongs to. */
export interface Overlay {
  /** Unique in the answer: by it the table and the picture speak of the same finding. */
  readonly id: string;
  readonly label: string;
  /** Place in the palette of findings (`--finding-0` ... `--finding-7`). */
  readonly colour: number;
  /** The slice that it lies on, from 0; absent: an image of one slice. */
  readonly slice?: number;
  readonly box?: Box;
  readonly polygon?: readonly (readonly [number, number])[];
  readonly mask?: RunLengthMask;
}

export interface StageProps {
  readonly images: ImageSet;
  readonly overlays: readonly Overlay[];
  /** The finding that is pointed at, in the picture or beside it. */
  readonly selected?: string | undefined;
  readonly onSelect?: ((id: string | undefined) => void) | undefined;
  /** Where a person may draw a box, such as to correct one: called with it, in pixels of the image. */
  readonly onDraw?: ((box: Box, slice: number) => void) | undefined;
}
