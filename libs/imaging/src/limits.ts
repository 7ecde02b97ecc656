/** Ceilings that hold before anything is allocated for what a header claims. */
export interface DecodeLimits {
  /** Files of one study. */
  readonly maxFiles: number;
  /** Pixels of one frame. */
  readonly maxPixels: number;
  /** Samples of one NIfTI volume. */
  readonly maxVoxels: number;
  /** Frames of one object, slices of one volume. */
  readonly maxFrames: number;
  /** Tiles of one slide, of which no more are decoded than a region needs. */
  readonly maxTiles: number;
  /** Decoded samples of one study, in bytes. */
  readonly maxDecodedBytes: number;
  /** What a deflated DICOM object may open to, in bytes. */
  readonly maxInflatedBytes: number;
  /** What a deflated DICOM object may open to, as a multiple of its own size. NIfTI is checked by its header instead. */
  readonly maxExpansionRatio: number;
  /** DICOM sequences inside sequences. */
  readonly maxNesting: number;
  /** DICOM elements and items of one object. */
  readonly maxElements: number;
}

/** 64 Mpx is more than any detector in use; 1 GiB is 2,000 CT slices of 512 x 512. */
export const DECODE_LIMITS: DecodeLimits = {
  maxFiles: 2000,
  maxPixels: 64 * 1024 ** 2,
  maxVoxels: 512 * 1024 ** 2,
  maxFrames: 2000,
  maxTiles: 1_000_000,
  maxDecodedBytes: 1024 ** 3,
  maxInflatedBytes: 512 * 1024 ** 2,
  maxExpansionRatio: 100,
  maxNesting: 32,
  maxElements: 100_000,
};
