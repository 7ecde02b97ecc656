import type { Description } from '../api';

/** Samples as the platform decoded them, in the coordinates of answers: sample (x, y, z) stands at `(z * rows + y) * columns + x`. */
export interface Volume {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** 1, or 3: red, green and blue of a pixel side by side. */
  readonly samplesPerPixel: 1 | 3;
  readonly samples: Uint8Array | Int16Array | Uint16Array | Float32Array;
  /** value = sample * slope + intercept, in the unit of the image (HU of a CT). */
  readonly slope: number;
  readonly intercept: number;
  /** The same as a file (NIfTI-1), for viewers that read one. */
  readonly nifti: ArrayBuffer;
}

/** What a person dropped: the files, what they are, and their pixels. Lives in memory only. */
export interface ImageSet {
  readonly files: readonly File[];
  readonly description: Description;
  readonly volume: Volume;
}
