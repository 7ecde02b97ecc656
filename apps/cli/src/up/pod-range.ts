import { InvalidArgumentError } from 'commander';

/** How many inference processes a machine may have. */
export interface PodRange {
  readonly min: number;
  readonly max: number;
}

/** Each is a process with hosts of its own: one machine gains nothing from more. */
const MOST_PODS = 32;

export function podRange(text: string): PodRange {
  const [, from = '', to = from] = /^(\d{1,3})(?:\.\.(\d{1,3}))?$/.exec(text) ?? [];
  const [min, max] = [Number(from), Number(to)];
  if (from !== '' && min <= max && max >= 1 && max <= MOST_PODS) return { min, max };
  throw new InvalidArgumentError(`MIN..MAX or a number, such as 0..4: at least 1 and at most ${String(MOST_PODS)}`);
}
