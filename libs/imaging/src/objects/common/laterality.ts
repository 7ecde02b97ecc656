import { TAG } from '../../dicom/tags';
import type { SourceImage } from './source-image';

/**
 * The side of a paired structure that a series of ours is about (PS3.3 C.7.3.1): the one that all of its sources name, be it of
 * their series or, as mammograms do, of the image. Empty where they name none, or both: it is one value of a whole series.
 */
export function lateralityOf(images: readonly SourceImage[]): 'L' | 'R' | '' {
  const [side, ...others] = new Set(
    images.map(({ dataSet }) => dataSet.code(TAG.laterality) ?? dataSet.code(TAG.imageLaterality)),
  );
  return others.length === 0 && (side === 'L' || side === 'R') ? side : '';
}
