import type { Answer } from './answer';
import { answerLabel, answerScores } from './answer-facts';

const finding = (answer: Answer, confidence: Record<string, number> = {}) => ({ answer, confidence });
const label = (code: string, score: number) => ({ code, display: code, score });
const organ: Answer = {
  kind: 'classification',
  labels: [label('liver', 0.91249), label('spleen', 0.08)],
  parts: [{ kind: 'classification', labels: [label('left', 0.7)] }],
};
const regions = (...scores: (number | undefined)[]): Answer => ({
  kind: 'regions',
  frame: { width: 9, height: 9 },
  regions: scores.map((score, at) => ({
    label: { code: `nodule-${String(at)}`, display: 'x' },
    ...(score === undefined ? {} : { score }),
  })),
});
const text = (reply?: object): Answer => ({ kind: 'text', text: 'Jane Doe, 1970', ...(reply && { reply }) }) as Answer;

describe('the facts of an answer', () => {
  it('are the scores of its best labels, its own first, in thousandths', () => {
    expect(answerScores(finding(organ, { organ: 0.9, side: 0.7 }))).toEqual([0.912, 0.7]);
    expect(answerScores(finding(regions(0.2, 0.9, undefined)))).toEqual([0.9, 0.2]);
  });

  it('are the scores and the label of the surest segment, where segments have scores', () => {
    const outlines = (...scores: (number | undefined)[]): Answer => ({
      kind: 'segmentation',
      grid: { slices: 1, rows: 1, columns: 1 },
      segments: scores.map((score, at) => ({
        id: String(at),
        label: { code: `organ-${String(at)}`, display: 'x' },
        ...(score === undefined ? {} : { score }),
      })),
      masks: [],
    });
    expect(answerScores(finding(outlines(0.4, 0.8)))).toEqual([0.8, 0.4]);
    expect(answerLabel({ answer: outlines(0.4, 0.8) }, false)).toBe('organ-1');
    expect(answerScores(finding(outlines(undefined), { quality: 0.9 }))).toEqual([]);
    expect(answerLabel({ answer: outlines(undefined) }, false)).toBeUndefined();
  });

  it('are the figures of its confidence where it has no scores, and at most 16 numbers from 0 to 1', () => {
    expect(answerScores(finding(text(), { tokenProbability: 0.4321 }))).toEqual([0.432]);
    expect(answerScores(finding({ kind: 'measurements', measurements: [] }, { a: 7, b: NaN, c: -1 }))).toEqual([1, 0]);
    expect(answerScores(finding(regions(...Array.from({ length: 40 }, () => 0.5))))).toHaveLength(16);
    expect(answerScores(finding({ kind: 'embedding', values: [1] }))).toEqual([]);
  });

  it('name what was found by a word of the model’s list', () => {
    expect(answerLabel({ answer: organ }, false)).toBe('liver');
    expect(answerLabel({ answer: regions(0.2, 0.9) }, false)).toBe('nodule-1');
    expect(answerLabel({ answer: text({ form: 'closed', value: 'no' }) }, true)).toBe('no');
  });

  it('never name words that a model wrote or a caller gave, nor what is no code', () => {
    const chosen = text({ form: 'choice', chosen: [{ code: 'Jane', display: 'Jane' }] });
    for (const answer of [organ, regions(0.9), chosen, text()]) expect(answerLabel({ answer }, true)).toBeUndefined();
    const sentence: Answer = { kind: 'classification', labels: [label('seen in Jane Doe', 1)] };
    expect(answerLabel({ answer: sentence }, false)).toBeUndefined();
    expect(answerLabel({ answer: { kind: 'classification', labels: [] } }, false)).toBeUndefined();
  });
});
