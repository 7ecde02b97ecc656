import type { Picture, Vector } from '@medserve/clinical';

/** One decoded slice of a series, with the place that its header gives it. */
export interface SliceInput {
  /** Stored values and their rescale. */
  readonly picture: Picture;
  readonly geometry: {
    /** Centre of the first sample, in LPS millimetres (PS3.3 C.7.6.2.1.1). */
    readonly imagePositionPatient: Vector;
    /** Direction of a row, then of a column. */
    readonly imageOrientationPatient: readonly [number, number, number, number, number, number];
    readonly pixelSpacing: { readonly row: number; readonly column: number };
    readonly sliceThicknessMm?: number;
    /** As the header has it. What counts is the tilt that the positions show. */
    readonly gantryTiltDeg?: number;
  };
  /** Equal for the slices of one series in one frame of reference; tells nothing else. */
  readonly seriesKey: string;
  /** Equal for the slices of one acquisition. One series may have many: a scanner may count each turn. */
  readonly acquisitionKey?: string;
}
