import type { AnswerPart, Finding } from './answer';

/** How many scores say enough of an answer. */
const SCORES = 16;
/** What is short and looks like a code: a label of a package may be a sentence, and is then none. */
const CODE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

const inThousandths = (score: number): number => Math.round(Math.min(1, Math.max(0, score)) * 1_000) / 1_000;

const partsOf = ({ answer }: Pick<Finding, 'answer'>): readonly AnswerPart[] => [answer, ...(answer.parts ?? [])];

/**
 * How sure the model was, 0 to 1 in thousandths: of classifications the score of the best label each, of regions the scores of the
 * surest; of any other answer the figures of its confidence. The answer's own comes first.
 */
export function answerScores(finding: Pick<Finding, 'answer' | 'confidence'>): readonly number[] {
  const found = partsOf(finding).flatMap((part): (number | undefined)[] => {
    if (part.kind === 'classification') return [part.labels[0]?.score];
    if (part.kind !== 'regions') return [];
    return part.regions.map(({ score }) => score).sort((one, other) => (other ?? 0) - (one ?? 0));
  });
  const isOwn = finding.answer.kind === 'classification' || finding.answer.kind === 'regions';
  const scores = isOwn ? found : [...Object.values(finding.confidence), ...found];
  return scores
    .filter((score) => score !== undefined)
    .filter(Number.isFinite)
    .slice(0, SCORES)
    .map(inThousandths);
}

/**
 * What was found first and foremost, as a word of a list that the model's package or the platform has: the best label, the label of
 * the surest region, yes or no. Undefined of everything else.
 *
 * @param isWritten whether a model wrote the answer: then labels and chosen options are its words or its caller's, and stay out
 */
export function answerLabel({ answer }: Pick<Finding, 'answer'>, isWritten: boolean): string | undefined {
  const label = wordOf(answer, isWritten);
  return label !== undefined && CODE.test(label) ? label : undefined;
}

function wordOf(answer: AnswerPart, isWritten: boolean): string | undefined {
  if (answer.kind === 'text') return answer.reply?.form === 'closed' ? answer.reply.value : undefined;
  if (isWritten) return undefined;
  if (answer.kind === 'classification') return answer.labels[0]?.code;
  if (answer.kind !== 'regions') return undefined;
  const [surest] = [...answer.regions].sort((one, other) => (other.score ?? 0) - (one.score ?? 0));
  return surest?.label.code;
}
