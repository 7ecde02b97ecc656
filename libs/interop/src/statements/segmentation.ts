import type { Segmentation } from '@medserve/clinical';
import { ABSENT, FINDING, NEGATIVE } from '../codes/systems';
import { ofMeasurement } from './measurements';
import type { Statement } from './statement';

/**
 * One statement a segment, with its measurements as members. What was looked for and outlined nowhere is absent: then the segment's
 * name is what the statement is about, not what it found, and its score, which is that of being there, is not told.
 */
export function ofSegmentation({ segments, masks }: Segmentation): Statement[] {
  if (segments.length === 0) {
    const value = { kind: 'coded', codes: [NEGATIVE], text: 'Nothing was outlined.' } as const;
    return [{ key: 'regions/none', code: FINDING, value }];
  }
  const outlined = new Set(masks.filter(holdsSomething).map(({ segment }) => segment));
  return segments.map(({ id, label, score, measurements = [] }) => {
    const found = outlined.has(id);
    const key = `segment/${id}`;
    return {
      key,
      code: found ? FINDING : label,
      value: { kind: 'coded', codes: [found ? label : ABSENT] },
      ...(score === undefined || !found ? {} : { certainty: score }),
      members: measurements.map((measurement) => ofMeasurement(measurement, `${key}/`)),
    };
  });
}

/** Runs begin with what is not set: every second one is. */
const holdsSomething = ({ counts }: Segmentation['masks'][number]): boolean =>
  counts.some((count, index) => index % 2 === 1 && count > 0);
