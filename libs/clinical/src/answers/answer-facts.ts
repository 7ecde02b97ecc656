import type { AnswerPart, Finding, Region } from './answer';

/** Kinds whose scores are those of the answer; of every other kind they are the figures of its confidence. */
const OWN_SCORES: ReadonlySet<AnswerPart['kind']> = new Set(['classification', 'regions', 'segmentation']);
/** How many scores say enough of an answer. */
const SCORES = 16;
/** What is short and looks like a code: a label of a package may be a sentence, and is then none. */
const CODE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

const inThousandths = (score: number): number => Math.round(Math.min(1, Math.max(0, score)) * 1_000) / 1_000;

const partsOf = ({ answer }: Pick<Finding, 'answer'>): readonly AnswerPart[] => [answer, ...(answer.parts ?? [])];

/**
 * How sure the model was, 0 to 1 in thousandths: of classifications the score of the best label each, of regions and segments the
 * scores of the surest; of any other answer the figures of its confidence. The answer's own comes first.
 */
export function answerScores(finding: Pick<Finding, 'answer' | 'confidence'>): readonly number[] {
  const found = partsOf(finding).flatMap((part): (number | undefined)[] => {
    if (part.kind === 'classification') return [part.labels[0]?.score];
    return bySureness(placesOf(part)).map(({ score }) => score);
  });
  const isOwn = OWN_SCORES.has(finding.answer.kind);
  const scores = isOwn ? found : [...Object.values(finding.confidence), ...found];
  return scores
    .filter((score) => score !== undefined)
    .filter(Number.isFinite)
    .slice(0, SCORES)
    .map(inThousandths);
}

/**
 * What was found first and foremost, as a word of a list that the model's package or the platform has: the best label, the label of
 * the surest region or segment, yes or no. Undefined of everything else.
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
  const [surest] = bySureness(placesOf(answer));
  return answer.kind === 'segmentation' && surest?.score === undefined ? undefined : surest?.label.code;
}

/** What an answer says that there is, each with a label and perhaps a score. */
function placesOf(part: AnswerPart): readonly Pick<Region, 'label' | 'score'>[] {
  if (part.kind === 'regions') return part.regions;
  return part.kind === 'segmentation' ? part.segments : [];
}

const bySureness = <T extends { readonly score?: number }>(places: readonly T[]): readonly T[] =>
  [...places].sort((one, other) => (other.score ?? 0) - (one.score ?? 0));
