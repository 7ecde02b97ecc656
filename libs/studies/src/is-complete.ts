import { instancesOf, type StudyFacts } from './study-facts';
import type { Completeness } from './routes/route-schema';

/** How a generation of a study came in, by one clock, in milliseconds. */
export interface Arrivals {
  readonly firstAtMs: number;
  /** Of the last instance, or the end of the association that brought it. */
  readonly lastAtMs: number;
  /** When somebody said that it is complete. */
  readonly goAtMs?: number | undefined;
}

export type CompleteBecause = 'go' | 'count' | 'quiet' | 'longest_wait';

export type CompletenessVerdict =
  | { readonly isComplete: true; readonly because: CompleteBecause }
  /** When to look again, if nothing comes before. */
  | { readonly isComplete: false; readonly lookAtMs: number };

/** Where no route says otherwise. */
export const USUAL_COMPLETENESS: Completeness = {
  on: 'quiet',
  quietSeconds: 30,
  maxWaitSeconds: 600,
  expected: 'hint',
};

/** What holds for a study that several routes take: the most patient of each. */
export function strictest(policies: readonly Completeness[]): Completeness {
  const [first, ...others] = policies;
  if (first === undefined) return USUAL_COMPLETENESS;
  return others.reduce(
    (one, other) => ({
      on: one.on === 'go' || other.on === 'go' ? 'go' : 'quiet',
      quietSeconds: Math.max(one.quietSeconds, other.quietSeconds),
      maxWaitSeconds: Math.max(one.maxWaitSeconds, other.maxWaitSeconds),
      expected: moreCareful(one.expected, other.expected),
    }),
    first,
  );
}

const CARE = ['hold', 'ignore', 'hint'] as const;
const moreCareful = (one: Completeness['expected'], other: Completeness['expected']): Completeness['expected'] =>
  CARE.find((policy) => policy === one || policy === other) ?? one;

/** Whether all of a study is there, as far as anybody can tell. DICOM has no word for "that was all". */
export function isComplete(
  { firstAtMs, lastAtMs, goAtMs }: Arrivals,
  study: StudyFacts,
  policy: Completeness,
  nowMs: number,
): CompletenessVerdict {
  if (goAtMs !== undefined) return { isComplete: true, because: 'go' };
  const longestAtMs = firstAtMs + policy.maxWaitSeconds * 1_000;
  if (nowMs >= longestAtMs) return { isComplete: true, because: 'longest_wait' };
  const counts = countsOf(study);
  if (policy.on === 'quiet') {
    if (policy.expected !== 'ignore' && counts === 'all_there') return { isComplete: true, because: 'count' };
    const isHeld = policy.expected === 'hold' && counts === 'some_missing';
    const quietAtMs = lastAtMs + policy.quietSeconds * 1_000;
    if (!isHeld && nowMs >= quietAtMs) return { isComplete: true, because: 'quiet' };
    if (!isHeld) return { isComplete: false, lookAtMs: Math.min(quietAtMs, longestAtMs) };
  }
  return { isComplete: false, lookAtMs: longestAtMs };
}

/** Only the count of the study can say that all is there: of series it is not known how many will come. */
function countsOf(study: StudyFacts): 'all_there' | 'some_missing' | 'nobody_says' {
  const isSeriesShort = study.series.some(({ expected = 0, instances }) => instances.length < expected);
  if (study.expected === undefined) return isSeriesShort ? 'some_missing' : 'nobody_says';
  return instancesOf(study) >= study.expected && !isSeriesShort ? 'all_there' : 'some_missing';
}
