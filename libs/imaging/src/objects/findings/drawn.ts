import type { Finding } from './finding';
import { outlinesOf, type Outline } from './outlines';
import type { SourceFrame } from '../common/source-image';

/** What is drawn of a finding on one frame. */
export interface Drawn {
  readonly finding: Finding;
  /** Its place in the answer, from 0: it chooses the colour. */
  readonly index: number;
  readonly outlines: readonly Outline[];
}

const MOST_PARTS = 200;

/** What the findings have on one frame of one image. */
export function drawnOn(frame: SourceFrame, findings: readonly Finding[]): Drawn[] {
  return findings.flatMap((finding, index) => {
    const outlines = outlinesOn(frame, finding);
    return outlines.length === 0 ? [] : [{ finding, index, outlines }];
  });
}

function outlinesOn(frame: SourceFrame, { place }: Finding): readonly Outline[] {
  switch (place.kind) {
    case 'nowhere':
      return [];
    case 'outlines':
      return isOnFrame(place.on, frame) ? place.outlines : [];
    case 'masks': {
      const placed = place.masks.find(({ on }) => isOnFrame(on, frame));
      return placed === undefined ? [] : outlinesOf(placed.mask, MOST_PARTS);
    }
  }
}

export const isOnFrame = (one: SourceFrame, other: SourceFrame): boolean =>
  one.image.sopInstanceUid === other.image.sopInstanceUid && one.number === other.number;
