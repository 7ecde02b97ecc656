import type { Finding, PixelVerdict } from '@medserve/clinical';

/** The class by which the recogniser says that an image is not medical. */
const NOT_MEDICAL = 'none';

/** Reads the recogniser's finding: it abstains where its calibrated score is below its threshold. */
export function verdictOf(finding: Finding): PixelVerdict {
  if (finding.decision === 'abstained' || finding.answer.kind !== 'classification') return { kind: 'unclear' };
  const [best] = finding.answer.labels;
  if (best === undefined) return { kind: 'unclear' };
  if (best.code === NOT_MEDICAL) return { kind: 'not-medical', score: best.score };
  return { kind: 'recognised', modality: best.code, score: best.score };
}
