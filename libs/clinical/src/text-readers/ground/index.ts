import { ServingError } from '@medserve/errors';
import type { Finding, Region } from '../../answers/answer';
import { plain } from '../../tasks/answer/parameters';
import { groundParameters } from '../../tasks/ground/parameters';
import { answer } from '../answer';
import { CLIPPED_BOX, readBoxes, REFUSED_BOX, withoutBoxes, type ReadBoxes } from '../boxes/read-boxes';
import { frameOf, spellBox } from '../boxes/grid';
import { cautionsOf } from '../cautions';
import { confidenceOf } from '../confidence';
import { holdsNegation } from '../polarity';
import { tellApart } from '../rationale';
import { defineTextReader, type TextReading } from '../text-reader';
import { groundReaderParameters, type GroundReaderParameters } from './parameters';

const NO_BOX = 'The answer holds no box, and does not plainly say that nothing was found.';
const BOTH = 'The answer holds boxes, and words that deny something; which of both is meant is not known.';
const TOO_MANY = 'The answer holds more boxes than are read; none is given.';

/** Nobody looks at more places that one phrase stands for; what repeats itself without end does. */
const MOST_BOXES = 256;

/** Behind the words that say that nothing was found. */
const FINAL_MARK = /\s*[.!。！]$/u;

/**
 * Reads where a phrase is. "Not found", as the whole of what was written, is an answer: no regions, decided, with evidence that the
 * model said so. Boxes beside words that deny are none. Where a box is
 * spoilt no box is given: of two places out of three a reader would take the third for clear.
 */
export const ground = defineTextReader<GroundReaderParameters>({
  id: 'ground',
  parameters: groundReaderParameters,
  prompt({ asked, input }, { describe, ...grid }) {
    const { region } = groundParameters.parse(asked);
    if (region === undefined) return {};
    if (describe === undefined) {
      throw new ServingError('invalid_request', 'The model finds phrases; it does not describe regions.', {
        field: 'parameters.region',
        remedy: 'Send "parameters.phrase", or choose another model.',
      });
    }
    const frame = frameOf(input);
    if (region.x + region.width > frame.width || region.y + region.height > frame.height) {
      throw new ServingError('invalid_request', 'The region reaches beyond the image.', { field: 'parameters.region' });
    }
    return { template: describe, words: { region: spellBox(region, grid, frame) } };
  },
  read(reading, parameters): Finding {
    const { phrase } = groundParameters.parse(reading.asked);
    // The way back: words about a box.
    if (phrase === undefined) {
      const { rationale } = parameters;
      return answer.read(
        { ...reading, asked: { form: 'open' } },
        { needs: [], ...(rationale === undefined ? {} : { rationale }) },
      );
    }
    return findPhrase(reading, phrase, parameters);
  },
});

function findPhrase(
  reading: TextReading,
  phrase: string,
  { notFound, rationale: marks, ...grid }: GroundReaderParameters,
): Finding {
  const frame = frameOf(reading.input);
  const { text, rationale } = tellApart(reading, marks);
  const found = readBoxes(text, grid, frame);
  const saysNone = notFound.some((words) => plain(text).replace(FINAL_MARK, '') === plain(words));
  const besides = plain(withoutBoxes(text, found)).replaceAll(plain(phrase), ' ');
  const denies = holdsNegation(besides) || notFound.some((words) => besides.includes(plain(words)));
  const problem = problemOf(found, saysNone, denies);
  const regions = problem === undefined ? found.boxes.map(({ box }, index) => regionOf(index, phrase, box)) : [];
  const isCut = reading.finish === 'length';
  return {
    answer: {
      kind: 'regions',
      regions,
      frame,
      ...(rationale === undefined ? {} : { rationale }),
    },
    decision: problem !== undefined || isCut ? 'abstained' : 'answered',
    confidence: confidenceOf(reading),
    evidence: [
      { kind: 'boxes', form: grid.form, written: found.boxes.length + found.refused.length, given: regions.length },
      ...(saysNone && problem === undefined ? [{ kind: 'not-found', by: 'the words of the model' }] : []),
    ],
    warnings: [
      ...(problem === undefined ? [] : [problem]),
      ...(problem === undefined && found.boxes.some(({ isClipped }) => isClipped) ? [CLIPPED_BOX] : []),
      ...cautionsOf({ ...reading, asked: {} }, text),
    ],
  };
}

function problemOf({ boxes, refused }: ReadBoxes, saysNone: boolean, denies: boolean): string | undefined {
  if (refused.length > 0) return REFUSED_BOX;
  if (boxes.length > MOST_BOXES) return TOO_MANY;
  if (boxes.length === 0) return saysNone ? undefined : NO_BOX;
  return denies ? BOTH : undefined;
}

const regionOf = (index: number, phrase: string, box: NonNullable<Region['box']>): Region => ({
  id: `r${String(index + 1)}`,
  label: { code: 'phrase', display: phrase },
  box,
});
