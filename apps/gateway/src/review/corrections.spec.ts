import type { Answer } from '@medserve/clinical';
import { checkCorrections, correctionsSchema, MOST_CORRECTIONS } from './corrections';

const nodule = { code: 'nodule', display: 'Nodule' };
const heart = { code: '80891009', system: 'http://snomed.info/sct', display: 'Heart' };
const box = { x: 1, y: 2, width: 3, height: 4 };
const answer: Answer = {
  kind: 'regions',
  regions: [
    { label: nodule, box },
    { label: heart, box },
  ],
  frame: { width: 100, height: 80 },
  parts: [
    { kind: 'classification', labels: [{ code: 'L', display: 'Left eye', score: 0.9 }] },
    { kind: 'text', text: 'Yes.', reply: { form: 'closed', value: 'yes' } },
    { kind: 'embedding', values: [1] },
  ],
};

/** As they come in: checked for their form, then against the answer. */
const check = (...written: unknown[]) => checkCorrections(answer, correctionsSchema.parse(written));

const refusalOf = (...written: unknown[]): unknown => {
  try {
    return check(...written);
  } catch (error) {
    return error;
  }
};

describe('corrections of an answer', () => {
  it('have the words of the answer for their labels', () => {
    const { code, system } = heart;
    expect(
      check(
        { target: 'answer', action: 'relabel', index: 0, label: { code, system } },
        { target: 'answer', action: 'move', index: 0, box },
        { target: 'answer', action: 'reject', index: 1 },
        { target: 'answer', action: 'add', box },
        { target: 'answer', action: 'add', box, label: nodule },
        { target: 'parts/1', action: 'relabel', index: 0, label: { code: 'no' } },
      ),
    ).toEqual([
      { target: 'answer', action: 'relabel', index: 0, label: heart },
      { target: 'answer', action: 'move', index: 0, box },
      { target: 'answer', action: 'reject', index: 1 },
      { target: 'answer', action: 'add', box },
      { target: 'answer', action: 'add', box, label: nodule },
      { target: 'parts/1', action: 'relabel', index: 0, label: { code: 'no', display: 'no' } },
    ]);
  });

  it.each([
    ['a part that is not there', { target: 'parts/7', action: 'reject', index: 0 }, 'target'],
    ['a place that is not there', { target: 'answer', action: 'reject', index: 2 }, 'index'],
    ['anything in a vector', { target: 'parts/2', action: 'reject', index: 0 }, 'index'],
    ['a box beyond the image', { target: 'answer', action: 'add', box: { ...box, x: 98 } }, 'box'],
    ['a box where there is no image', { target: 'parts/0', action: 'move', index: 0, box }, 'box'],
    ['a label of nobody', { target: 'answer', action: 'relabel', index: 0, label: { code: 'x' } }, 'label'],
    [
      'a label of another system',
      { target: 'answer', action: 'relabel', index: 0, label: { code: heart.code } },
      'label',
    ],
    ['a label of another part', { target: 'parts/0', action: 'relabel', index: 0, label: nodule }, 'label'],
    [
      'words of a caller',
      { target: 'answer', action: 'relabel', index: 0, label: { code: 'nodule', display: 'Jane Doe' } },
      'label',
    ],
  ])('are refused that name %s', (_, written, member) => {
    expect(refusalOf(written)).toMatchObject({ reason: 'invalid_request', field: `corrections.0.${member}` });
  });

  it('are refused that contradict each other', () => {
    const reject = { target: 'answer', action: 'reject', index: 0 };
    const move = { target: 'answer', action: 'move', index: 0, box };
    for (const pair of [
      [reject, move],
      [move, reject],
      [move, move],
      [reject, reject],
    ])
      expect(refusalOf(...pair)).toMatchObject({ field: 'corrections.1.index' });
  });

  it.each([
    [[]],
    [Array.from({ length: MOST_CORRECTIONS + 1 }, () => ({ target: 'answer', action: 'add', box }))],
    [[{ target: 'answer', action: 'reject', index: 0, note: 'Jane Doe' }]],
    [[{ target: 'answer', action: 'reject', index: -1 }]],
    [[{ target: 'answer', action: 'reject', index: 0.5 }]],
    [[{ target: 'parts/00', action: 'reject', index: 0 }]],
    [[{ target: '__proto__', action: 'reject', index: 0 }]],
    [[{ target: 'answer', action: 'add', box: { ...box, width: 0 } }]],
    [[{ target: 'answer', action: 'add', box: { ...box, x: -1 } }]],
    [[{ target: 'answer', action: 'relabel', index: 0 }]],
  ])('have no other form: %j', (written) => {
    expect(correctionsSchema.safeParse(written).success).toBe(false);
  });
});
