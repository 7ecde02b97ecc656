import type { Classification } from '../../answers/answer';
import { defineReader, type Reading } from '../reader';
import { classificationParameters, type ClassificationParameters, type Head } from './parameters';
import { scoresOf } from './scores';

/**
 * Reads one classification a head. The first head is the answer, the others are its parts. Abstains when the first head's best
 * score is below its threshold; says so in a warning when another's is.
 */
export const classification = defineReader<ClassificationParameters>({
  id: 'classification',
  parameters: classificationParameters,
  read(reading, { heads }) {
    const read = heads.map((head) => ({ head, found: classify(reading, head) }));
    const [main, ...further] = read as [(typeof read)[number], ...typeof read];
    const unsure = read.filter(({ head, found }) => best(found) < (head.abstainBelow ?? 0));
    return {
      answer: {
        ...main.found,
        ...(further.length === 0 ? {} : { parts: further.map(({ found }) => found) }),
      },
      decision: unsure.includes(main) ? 'abstained' : 'answered',
      confidence: Object.fromEntries(read.map(({ head, found }) => [head.about, best(found)])),
      evidence: heads.map(({ about, activation, temperature, abstainBelow }) => ({
        kind: 'head',
        about,
        activation,
        temperature,
        ...(abstainBelow === undefined ? {} : { abstainBelow }),
      })),
      warnings: unsure.map(({ head, found }) => {
        const figures = `best score ${best(found).toFixed(2)}, threshold ${String(head.abstainBelow)}`;
        return `The model is not sure about the ${head.about} (${figures}).`;
      }),
    };
  },
});

const best = ({ labels }: Classification): number => labels[0]?.score ?? 0;

function classify({ outputs }: Reading, head: Head): Classification {
  const tensor = outputs.get(head.output);
  if (tensor === undefined) throw new Error(`the model gave no output "${head.output}"`);
  if (tensor.data.length !== head.labels.length || tensor.shape.at(-1) !== head.labels.length) {
    throw new Error(
      `output "${head.output}" should hold ${String(head.labels.length)} numbers, not [${tensor.shape.join(', ')}]`,
    );
  }
  const numbers = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
  if (!numbers.every(Number.isFinite)) throw new Error(`output "${head.output}" holds a number that is not finite`);
  const scores = scoresOf(numbers, head);
  const labels = head.labels
    .map(({ code, system, display }, at) => ({
      code,
      ...(system === undefined ? {} : { system }),
      display,
      score: scores[at] as number,
    }))
    .sort((left, right) => right.score - left.score);
  return { kind: 'classification', about: head.about, labels };
}
