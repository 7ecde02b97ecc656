import { sampleAreaMm2 } from '../../geometry/slice-stack';
import type { VolumeHeader } from '../../pixels/picture';
import { countsOf, pixelsOf, stretchesOf, withoutIslands } from '../../pixels/stretches';
import type { SegmentParameters } from './parameters';

/** What one segment covers of one slice. */
export interface SliceMask {
  readonly slice: number;
  readonly samples: number;
  readonly counts: readonly number[];
}

/**
 * The masks of one segment, without its islands, slice by slice; slices without any are left out.
 *
 * @param labels 8-bit labels on the grid of the volume
 */
export function outline(
  labels: Uint8Array,
  { slices, rows, columns, geometry }: VolumeHeader,
  { labels: own, leastAreaMm2 }: SegmentParameters,
): readonly SliceMask[] {
  const area = rows * columns;
  const isMember = new Uint8Array(256);
  for (const label of own) isMember[label] = 1;
  const least = leastAreaMm2 / sampleAreaMm2(geometry);
  const masks: SliceMask[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const whole = stretchesOf(labels.subarray(slice * area, (slice + 1) * area), columns, isMember);
    const kept = least > 1 ? withoutIslands(whole, columns, least) : whole;
    if (kept.starts.length > 0) masks.push({ slice, samples: pixelsOf(kept), counts: countsOf(kept, area) });
  }
  return masks;
}
