import type { Region, Regions } from '@medserve/clinical';
import { FINDING, IMAGE_REGION, NEGATIVE } from '../codes/systems';
import type { Statement } from './statement';

/** One statement a region: what was found, how surely, and where. That nothing was found is said, too. */
export function ofRegions({ regions, frame, rationale }: Regions): Statement[] {
  const notes = rationale === undefined ? {} : { notes: [rationale] };
  if (regions.length === 0) {
    const value = { kind: 'coded', codes: [NEGATIVE], text: 'No region was found.' } as const;
    return [{ key: 'regions/none', code: FINDING, value, ...notes }];
  }
  return regions.map((region) => ({
    key: `region/${region.label.code}`,
    code: FINDING,
    value: { kind: 'coded', codes: [region.label] },
    ...(region.score === undefined ? {} : { certainty: region.score }),
    details: [{ code: IMAGE_REGION, value: { kind: 'text', text: placeOf(region, frame) } }],
    ...notes,
  }));
}

/** Where a region lies, for people: the drawing itself is in the answer and in its DICOM objects. */
function placeOf({ box, polygon, mask }: Region, frame: Regions['frame']): string {
  const of = `of an image of ${String(frame.width)} x ${String(frame.height)} pixels`;
  if (box !== undefined) {
    const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(rounded);
    return `Box from x ${String(x)}, y ${String(y)}, ${String(width)} wide and ${String(height)} high, ${of}`;
  }
  if (polygon !== undefined) {
    const points = polygon.slice(0, SHOWN_POINTS).map(([x, y]) => `${String(rounded(x))},${String(rounded(y))}`);
    const more = polygon.length > SHOWN_POINTS ? ` and ${String(polygon.length - SHOWN_POINTS)} more points` : '';
    return `Polygon ${points.join(' ')}${more}, ${of}`;
  }
  if (mask !== undefined) {
    const inside = mask.counts.reduce((sum, count, index) => (index % 2 === 1 ? sum + count : sum), 0);
    return `Mask of ${String(inside)} pixels, ${of}`;
  }
  return `Somewhere ${of}`;
}

const SHOWN_POINTS = 32;
const rounded = (pixels: number): number => Math.round(pixels * 10) / 10;
