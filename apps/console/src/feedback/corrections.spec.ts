import type { Answer } from '@medserve/clinical';
import {
  boxWithin,
  correctablesOf,
  correctionOverlays,
  MOST_CORRECTIONS,
  withCorrection,
  type Correction,
} from './corrections';

const nodule = { code: 'nodule', display: 'Nodule' };
const heart = { code: '80891009', system: 'http://snomed.info/sct', display: 'Heart' };
const box = { x: 1, y: 2, width: 3, height: 4 };
const frame = { width: 100, height: 80 };
const answer: Answer = {
  kind: 'regions',
  regions: [
    { label: nodule, box },
    { label: heart, box },
    { label: nodule, box },
  ],
  frame,
  parts: [{ kind: 'classification', labels: [{ ...heart, score: 0.9 }] }],
};

describe('what of an answer can be corrected', () => {
  it('is each thing in it, by the labels that the answer has', () => {
    expect(correctablesOf({ answer })).toMatchObject([
      { target: 'answer', things: ['Nodule', 'Heart', 'Nodule'], labels: [nodule, heart], frame },
      { target: 'parts/0', things: ['Heart'], labels: [heart] },
    ]);
  });

  it('is yes and no of a closed answer, and nothing of a vector', () => {
    const closed: Answer = { kind: 'text', text: 'Yes.', reply: { form: 'closed', value: 'yes' } };
    expect(correctablesOf({ answer: closed })).toMatchObject([{ labels: [{ code: 'yes' }, { code: 'no' }] }]);
    expect(correctablesOf({ answer: { kind: 'embedding', values: [1] } })).toEqual([]);
  });
});

describe('a list of corrections', () => {
  const reject: Correction = { target: 'answer', action: 'reject', index: 0 };
  const move: Correction = { target: 'answer', action: 'move', index: 0, box };
  const relabel: Correction = { target: 'answer', action: 'relabel', index: 0, label: heart };

  it('holds one of a kind of each place, and nothing beside a rejection', () => {
    expect(withCorrection([move], relabel)).toEqual([move, relabel]);
    expect(withCorrection([move, relabel], reject)).toEqual([reject]);
    expect(withCorrection([reject], move)).toEqual([move]);
    expect(withCorrection([move], { ...move, box: { ...box, x: 9 } })).toMatchObject([{ box: { x: 9 } }]);
    expect(withCorrection([reject], { ...move, target: 'parts/0' })).toHaveLength(2);
  });

  it('takes any number of additions up to its limit', () => {
    const add: Correction = { target: 'answer', action: 'add', box };
    let list: readonly Correction[] = [];
    for (let count = 0; count < MOST_CORRECTIONS + 5; count += 1) list = withCorrection(list, add);
    expect(list).toHaveLength(MOST_CORRECTIONS);
  });

  it('is seen in the picture where it is about boxes', () => {
    const add: Correction = { target: 'answer', action: 'add', box, label: heart };
    expect(correctionOverlays([reject, { ...move, index: 1 }, add], { answer })).toEqual([
      { id: 'correction/1', label: '✎ Heart', colour: 1, box },
      { id: 'correction/2', label: '✎ Heart', colour: 7, box },
    ]);
  });
});

describe('a box that was drawn', () => {
  it.each([
    [
      { x: 1.26, y: 2.21, width: 3, height: 4 },
      { x: 1.2, y: 2.2, width: 3, height: 4 },
    ],
    [
      { x: -5, y: 70, width: 10, height: 30 },
      { x: 0, y: 70, width: 5, height: 10 },
    ],
    [
      { x: 10, y: 10, width: -4, height: -4 },
      { x: 6, y: 6, width: 4, height: 4 },
    ],
    [{ x: 200, y: 10, width: 4, height: 4 }, undefined],
    [{ x: 1, y: 1, width: 0, height: 4 }, undefined],
    [{ x: NaN, y: 1, width: 4, height: 4 }, undefined],
  ])('of %j lies in the image as %j', (drawn, expected) => {
    expect(boxWithin(drawn, frame)).toEqual(expected);
  });

  it('never reaches beyond the image by rounding', () => {
    for (let step = 0; step < 1_000; step += 1) {
      const found = boxWithin({ x: step * 0.0973, y: 0, width: 1_000, height: 1 }, { width: 97.37, height: 80 });
      if (found) expect(found.x + found.width).toBeLessThanOrEqual(97.37);
    }
  });
});
