import { MOST_ENTRIES, type Range } from '../proof/check-range';

const PLACE = /^\d{1,15}$/;

/** Reads two fields of a form as places in the log; without a last one the range ends with what is signed. */
export function parseRange(first: string, last: string): Range | 'rangeWrong' | 'rangeTooLong' {
  const [from, to] = [first.trim(), last.trim()];
  if (!PLACE.test(from) || !(to === '' || PLACE.test(to))) return 'rangeWrong';
  if (to === '') return { first: Number(from) };
  if (Number(to) < Number(from)) return 'rangeWrong';
  return Number(to) - Number(from) >= MOST_ENTRIES ? 'rangeTooLong' : { first: Number(from), last: Number(to) };
}
