import type { SourceImage } from '../common/source-image';

/** A finding's segment in a segmentation object. */
export interface WrittenSegment {
  readonly reference: {
    readonly sopClassUid: string;
    readonly sopInstanceUid: string;
    readonly segment: number;
  };
  readonly seriesUid: string;
  /** That have something of the segment. */
  readonly sources: readonly SourceImage[];
}
