import type { AnswerDocument } from '@medserve/clinical';
import type { Finding, Quantified } from '../findings/finding';
import { remarksOf } from '../findings/remarks';
import { lineOf, type Line } from './page';

/** What a page says in words: whose result it is, then each finding in the colour that it is drawn in. */
export function wordsOf(document: AnswerDocument, findings: readonly Finding[]): { banner: string; lines: Line[] } {
  const { model } = document.provenance;
  return {
    banner: `AI result, not for diagnosis: ${model.name}, ${model.version}\nFor viewers without SEG/SR`,
    lines: [...findings.flatMap(linesOf), ...remarksOf(document).map((text) => lineOf(`Warning: ${text}`))],
  };
}

const linesOf = (finding: Finding, index: number): Line[] => [
  lineOf(headingOf(finding), finding.place.kind === 'nowhere' ? undefined : index),
  ...finding.measurements.map((measurement) => lineOf(`- ${measured(measurement)}`)),
  ...finding.evaluations.map(({ concept, value }) => lineOf(`- ${concept.meaning}: ${value.meaning}`)),
  ...finding.remarks.map(({ concept, text }) => lineOf(`- ${concept.meaning}: ${text}`)),
];

const headingOf = ({ title, score }: Finding): string =>
  score === undefined ? title : `${title}  ${(score * 100).toFixed(1)} %`;

const measured = ({ concept, measurement: { value, unit } }: Quantified): string =>
  `${concept.meaning}: ${String(Number(value.toPrecision(6)))}${unit === '1' ? '' : ` ${unit}`}`;
