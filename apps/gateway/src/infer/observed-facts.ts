import { answerLabel, answerScores, type SampleStatistics } from '@medserve/clinical';
import { SCORES, type ObservedFacts, type WarningCode } from '@medserve/events';
import { shareOfRun } from './share-of-run';
import { optional } from './model-words';
import type { Dispatched } from './ports';

/** What was found out about an input before a model saw it. */
export interface SeenInput {
  readonly statistics?: SampleStatistics | undefined;
  readonly scanner?: string | undefined;
  readonly warnings: readonly WarningCode[];
}

/** Most of the image is at an end of its range: under- or overexposed, or nothing but background. */
const MOSTLY_CLIPPED = 0.9;
const SMALL = 64;

function warningsOf({ finding }: Dispatched, seen: SeenInput | undefined): WarningCode[] {
  const { statistics, warnings = [] } = seen ?? {};
  const codes: WarningCode[] = [...warnings];
  if (statistics !== undefined) {
    const { sd, clipped, rows, columns } = statistics;
    if (sd === 0) codes.push('input_constant');
    else if (clipped > MOSTLY_CLIPPED) codes.push('input_clipped');
    if (Math.min(rows, columns) < SMALL) codes.push('input_small');
  }
  if (finding !== undefined && finding.warnings.length > 0) codes.push('model_caution');
  return codes;
}

const someOf = <T>(list: readonly T[]): T[] | undefined => (list.length === 0 ? undefined : [...list]);

/** What goes on record of an answer beside what names it, for those who watch models: nothing of a patient, no words of anybody. */
export function observedFacts(done: Dispatched, seen?: SeenInput): ObservedFacts {
  const { finding, generation } = done;
  const scores = finding === undefined ? [] : answerScores(finding).slice(0, SCORES);
  const label = finding === undefined ? undefined : answerLabel(finding, generation !== undefined);
  return {
    ...optional('label', label),
    ...optional('scores', someOf(scores)),
    ...optional('warnings', someOf(warningsOf(done, seen))),
    ...optional('input', seen?.statistics),
    ...optional('scanner', seen?.scanner),
    runMs: Math.round(shareOfRun(done) * 1_000_000) / 1_000,
  };
}
