import type { Classification, Coded } from '@medserve/clinical';
import { FINDING } from '../codes/systems';
import { percent } from './percent';
import type { Detail, Statement } from './statement';

/** Further labels beside the first: more than these are read in the answer itself. */
const MAX_LABELS = 50;

/** The label that was chosen, with its score; the others with theirs as details. */
export function ofClassification({ about, labels }: Classification): Statement[] {
  const [best, ...others] = labels;
  const key = `classification/${about ?? 'class'}`;
  const code: Coded = about === undefined ? FINDING : { code: about, display: about };
  if (best === undefined) return [{ key, code, value: { kind: 'abstained' } }];
  const details = others
    .slice(0, MAX_LABELS)
    .map(({ score, ...label }): Detail => ({ code: label, value: percent(score) }));
  return [
    {
      key,
      code,
      value: { kind: 'coded', codes: [best] },
      certainty: best.score,
      details,
    },
  ];
}
