import type { Classification } from '../../answers/answer';
import type { Circle } from '../../pixels/circle';
import type { Disc } from './disc';

export interface Side {
  readonly classification: Classification;
  /** From the field's centre to the disc, as a share of the field's radius; positive to the right. */
  readonly offset: number;
}

/** A mirrored or a deliberately off-centre photograph cannot be told from the pixels. */
const SUREST = 0.95;

/**
 * The side from where the disc lies: in a photograph that is not mirrored the disc is nasal to the macula, so it lies right of
 * the centre in a right eye. Undefined where the disc is near the centre. The score grows from one half at the centre,
 * by the offset, to `SUREST`; it is not a calibrated probability.
 */
export function sideOf(disc: Disc, field: Circle, leastOffset: number): Side | undefined {
  const offset = (disc.x - field.x) / field.radius;
  if (Math.abs(offset) < leastOffset) return undefined;
  const score = Math.min(SUREST, 0.5 + Math.abs(offset));
  const other = Number((1 - score).toFixed(4));
  const right = { code: 'R', display: 'Right eye', score: offset > 0 ? score : other };
  const left = { code: 'L', display: 'Left eye', score: offset > 0 ? other : score };
  return {
    classification: { kind: 'classification', about: 'laterality', labels: offset > 0 ? [right, left] : [left, right] },
    offset,
  };
}
