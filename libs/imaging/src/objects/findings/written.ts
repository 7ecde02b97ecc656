import type { AnswerPart, Report, Section, Text } from '@medserve/clinical';
import { dcm, own, sct, type Code } from '../codes/code';
import { codeOf } from '../codes/code-of';
import { bare, type Evaluation, type Finding, type Remark } from './finding';
import type { Namer } from './namer';

const FINDING = dcm('121071', 'Finding');
const ANSWER = own('model-answer', "The model's answer");
const RATIONALE = own('rationale', "The model's reasons");

/** That there is no answer, which is no negative one. */
export const NOT_ANSWERED: Evaluation = {
  concept: ANSWER,
  value: own('not-answered', 'Not answered by the model'),
};

/** Headings that the standard has a concept for (PS3.16 CID 7002 and annex D). */
const HEADINGS: Readonly<Record<string, Code>> = {
  findings: FINDING,
  impression: dcm('121073', 'Impression'),
};

/** The words of a model, as it wrote them; where it wrote none, that it did not answer. */
export function writtenFindings(part: Text | Report, name: Namer, all: readonly AnswerPart[]): Finding[] {
  const names = part.kind === 'text' ? name('text', 'Answer in words') : name('report', 'Report in words');
  const words = (part.kind === 'text' ? [{ concept: FINDING, text: part.text }] : remarksOf(part, all)).filter(isSaid);
  const reasons = part.rationale === undefined ? [] : [{ concept: RATIONALE, text: part.rationale }].filter(isSaid);
  const replied = part.kind === 'text' ? replyOf(part) : [];
  const evaluations = words.length + replied.length === 0 ? [NOT_ANSWERED] : replied;
  return [{ ...bare, ...names, evaluations, remarks: [...words, ...reasons] }];
}

const isSaid = ({ text }: Remark): boolean => text.trim() !== '';

function remarksOf({ sections }: Report, all: readonly AnswerPart[]): Remark[] {
  const places = placesOf(all);
  return sections.map((section) => remarkOf(section, places));
}

function replyOf({ reply }: Text): Evaluation[] {
  switch (reply?.form) {
    case 'closed':
      return [{ concept: ANSWER, value: reply.value === 'yes' ? sct('373066001', 'Yes') : sct('373067005', 'No') }];
    case 'choice':
      return reply.chosen.map((chosen) => ({ concept: ANSWER, value: codeOf(chosen) }));
    case 'open':
    case undefined:
      return [];
  }
}

/** Sentences name the regions that they speak of by the words that those have in the report. */
function remarkOf({ code, title, sentences }: Section, places: ReadonlyMap<string, string>): Remark {
  const text = sentences.map(({ text: sentence, regions }) => {
    const named = regions.map((id) => places.get(id)).filter((place) => place !== undefined);
    return named.length === 0 ? sentence : `${sentence} [${named.join('; ')}]`;
  });
  return { concept: HEADINGS[code] ?? own(code, title), text: text.join('\n') };
}

function placesOf(all: readonly AnswerPart[]): Map<string, string> {
  const places = new Map<string, string>();
  for (const part of all) {
    if (part.kind !== 'regions') continue;
    for (const { id, label } of part.regions) if (id !== undefined) places.set(id, `marked: ${label.display}`);
  }
  return places;
}
