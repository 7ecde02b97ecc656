import type { Finding, Region } from '../../answers/answer';
import type { GeneratedChoice } from '../../generation/generation';
import { detectLanguage } from '../../language/detect-language';
import { answerParameters } from '../../tasks/answer/parameters';
import { frameOf, type Frame } from '../boxes/grid';
import { CLIPPED_BOX, readBoxes, REFUSED_BOX, withoutBoxes } from '../boxes/read-boxes';
import { cautionsOf } from '../cautions';
import { confidenceOf } from '../confidence';
import { tellApart } from '../rationale';
import { defineTextReader, type TextReading } from '../text-reader';
import { answerReaderParameters, type AnswerReaderParameters } from './parameters';
import { readReply } from './reply';

const NO_RATIONALE = 'The answer gives no reason, which belongs to every answer of this model.';
const NO_REGION = 'The answer names no place, which belongs to every answer of this model.';

/**
 * Reads the answer to a question. A text that is not of the form that was asked for is handed on as it is, without a `reply` and as
 * `abstained`: to take the nearest option would be to answer in the model's place. One that was cut at its limit is not read as yes,
 * no or an option, as what is missing may say otherwise.
 */
export const answer = defineTextReader<AnswerReaderParameters>({
  id: 'answer',
  parameters: answerReaderParameters,
  read: (reading, parameters) => readAnswer(reading, parameters, () => frameOf(reading.input)),
});

/**
 * What a model said in a conversation, as a finding: free words with their cautions.
 *
 * @param language that it was asked to speak, as a language tag
 */
export function readTurn({ text, reasoning, finish, logprobs }: GeneratedChoice, language?: string): Finding {
  const asked = { form: 'open', ...(language === undefined ? {} : { language }) };
  return readAnswer({ text, reasoning, finish, logprobs, asked }, { needs: [] }, () => ({ width: 0, height: 0 }));
}

function readAnswer(
  reading: Omit<TextReading, 'input'>,
  { rationale: marks, boxes: grid, needs }: AnswerReaderParameters,
  frame: () => Frame,
): Finding {
  const told = tellApart(reading, marks);
  const found = grid === undefined ? undefined : readBoxes(told.text, grid, frame());
  const text = found === undefined ? told.text : withoutBoxes(told.text, found);
  const isSpoilt = found !== undefined && found.refused.length > 0;
  const regions = found === undefined || isSpoilt ? [] : found.boxes.map(({ box }, index) => regionOf(index, box));
  const { reply, form, warning } = readReply(text, answerParameters.parse(reading.asked), reading.finish === 'length');
  const problems = [
    ...(warning === undefined ? [] : [warning]),
    ...(isSpoilt ? [REFUSED_BOX] : []),
    ...(needs.includes('rationale') && told.rationale === undefined ? [NO_RATIONALE] : []),
    ...(needs.includes('regions') && regions.length === 0 ? [NO_REGION] : []),
  ];
  const language = detectLanguage(text);
  return {
    answer: {
      kind: 'text',
      text,
      ...(reply === undefined ? {} : { reply }),
      ...(told.rationale === undefined ? {} : { rationale: told.rationale }),
      ...(language === undefined ? {} : { language }),
      ...(regions.length === 0 ? {} : { parts: [{ kind: 'regions', regions, frame: frame() }] }),
    },
    decision: problems.length === 0 ? 'answered' : 'abstained',
    confidence: confidenceOf(reading),
    evidence: [
      {
        kind: 'text',
        form,
        finish: reading.finish,
        ...(found === undefined ? {} : { regions: regions.length }),
      },
    ],
    warnings: [
      ...problems,
      ...(!isSpoilt && found?.boxes.some(({ isClipped }) => isClipped) === true ? [CLIPPED_BOX] : []),
      ...cautionsOf(reading, text),
    ],
  };
}

const regionOf = (index: number, box: NonNullable<Region['box']>): Region => ({
  id: `r${String(index + 1)}`,
  label: { code: 'mentioned', display: 'Place that the answer speaks of' },
  box,
});
