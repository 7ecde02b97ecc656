import type { Picture, SliceSource, Vector } from '@medserve/clinical';

/** The samples of a slice as they are measured. */
export interface SlicePicture extends Picture {
  /** They are as stored, and the smaller one is shown brighter: values of MONOCHROME1 that have a unit. */
  readonly isInverted?: true;
}

/** One slice of a series, with the place that its header gives it. Its pixels are decoded when the volume has room for them. */
export interface SliceInput {
  readonly size: { readonly rows: number; readonly columns: number };
  /** Of the decoded slice. */
  readonly channels: 1 | 3;
  /** What the decoded slice takes, by its header. */
  readonly decodedBytes: number;
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
  /** Which file, and which of its frames, the slice is. */
  readonly source: SliceSource;
  /** Equal for the slices of one series in one frame of reference; tells nothing else. */
  readonly seriesKey: string;
  /** Acquisition Number. One series may have many: a scanner may count each turn, and an acquisition that is repeated. */
  readonly acquisitionNumber?: number;
  /** Temporal Position Identifier, of a frame Temporal Position Index: which time point of several. */
  readonly timePoint?: number;
  /** Stack ID: frames of one stack belong together in space (PS3.3 C.7.6.16.2.2.2). */
  readonly stack?: string;
  /** The object says of itself that it is there to plan others by. */
  readonly isLocalizer: boolean;
  /** Stored values and their rescale. */
  decode(): Promise<SlicePicture>;
}
