import type { Samples, SampleType } from './samples';

/** Linear map from stored values to values with a meaning: `value = stored * slope + intercept` (PS3.3 C.11.1.1.2). */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
  /** `HU` for Hounsfield units; absent where the header names none. */
  readonly unit?: string;
}

/** The functions of a display window (VOI LUT Function, PS3.3 C.11.2.1.3). */
export type WindowFunction = 'linear' | 'linear-exact' | 'sigmoid';

/** Display window in rescaled values (PS3.3 C.11.2.1.2). */
export interface Window {
  readonly centre: number;
  /** At least 1 of the linear function, above 0 of the others. */
  readonly width: number;
  /** Absent: linear. */
  readonly shape?: WindowFunction;
}

/**
 * One decoded two-dimensional image: `height` rows of `width` pixels of `channels` interleaved samples, row by row from the
 * top left. MONOCHROME1, palettes and YBR are already resolved: one channel is always "larger is brighter", three are RGB.
 */
export interface Picture {
  readonly kind: 'picture';
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly sampleType: SampleType;
  readonly samples: Samples;
  readonly rescale?: Rescale;
  readonly window?: Window;
  /** Distance between row centres and between column centres, in millimetres; absent where the header names none. */
  readonly spacingMm?: { readonly row: number; readonly column: number };
}

/**
 * One decoded volume: `slices` x `rows` x `columns` samples, slice by slice. Geometry is in the DICOM patient system (LPS,
 * millimetres) whatever the file was. Slices may be unevenly spaced and sheared (gantry tilt), so a position stands for each.
 * Of MONOCHROME1, values without a unit are turned as those of a picture are; values with one, as Hounsfield units, are as they are.
 */
export interface Volume {
  readonly kind: 'volume';
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
  readonly sampleType: SampleType;
  readonly samples: Samples;
  readonly rescale?: Rescale;
  readonly geometry: VolumeGeometry;
}

export interface VolumeGeometry {
  readonly spacingMm: { readonly row: number; readonly column: number };
  /** Unit vectors in LPS: along increasing column index, along increasing row index. */
  readonly rowDirection: Vector;
  readonly columnDirection: Vector;
  /** Centre of the first sample of each slice, in LPS millimetres; one entry a slice, ordered along the normal. */
  readonly slicePositionsMm: readonly Vector[];
  /** Nominal slice thickness, where the header names one. */
  readonly sliceThicknessMm?: number;
}

export type Vector = readonly [number, number, number];

export type Decoded = Picture | Volume;

/** A `Picture` or `Volume` without its samples: what travels as text beside the raw samples. */
export type PictureHeader = Omit<Picture, 'samples'>;
export type VolumeHeader = Omit<Volume, 'samples'>;
export type DecodedHeader = PictureHeader | VolumeHeader;
