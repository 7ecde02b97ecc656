import { MarkIndex } from './mark-index';
import { isInside, markOf } from './marks';
import type { Overlay } from './overlay';
import { placeLabels } from './place-labels';
import { SliceMarks } from './slice-marks';

const overlay = (id: string, rest: Partial<Overlay>): Overlay => ({ id, label: `label ${id}`, colour: 0, ...rest });

const indexOf = (...overlays: readonly Overlay[]): MarkIndex =>
  new MarkIndex(
    overlays.flatMap((each) => markOf(each, 100, 100) ?? []),
    100,
    100,
  );

const BIG = overlay('big', { box: { x: 0, y: 0, width: 90, height: 90 } });
const SMALL = overlay('small', { box: { x: 10, y: 10, width: 5, height: 5 } });
const TRIANGLE = overlay('triangle', { polygon: [[50, 50], [90, 50], [50, 90]] }); // oxfmt-ignore

describe('marks', () => {
  it('are found under the pointer, the smallest first', () => {
    const index = indexOf(BIG, SMALL);
    expect(index.at(12, 12, 0)?.overlay.id).toBe('small');
    expect(index.at(40, 40, 0)?.overlay.id).toBe('big');
    expect(index.at(95, 95, 0)).toBeUndefined();
    expect(index.at(95, 95, 6)?.overlay.id).toBe('big');
  });

  it('are under the pointer only within their polygon or mask', () => {
    expect(indexOf(TRIANGLE).at(85, 85, 1)).toBeUndefined();
    expect(indexOf(TRIANGLE).at(55, 55, 1)?.overlay.id).toBe('triangle');
    const counts = [0, 100, 9_900];
    const row = overlay('row', { mask: { width: 100, height: 100, counts } });
    expect(indexOf(row).at(50, 0.5, 1)?.overlay.id).toBe('row');
    expect(indexOf(row).at(50, 3, 1)).toBeUndefined();
  });

  it('are culled to a part of the image', () => {
    const many = Array.from({ length: 10_000 }, (_, at) =>
      overlay(String(at), { box: { x: at % 100, y: Math.floor(at / 100), width: 0.5, height: 0.5 } }),
    );
    expect(indexOf(...many).within({ x: 10, y: 10, width: 2.2, height: 1.2 })).toHaveLength(6);
  });

  it.each<[string, Partial<Overlay>]>([
    ['a box of no numbers', { box: { x: NaN, y: 0, width: 1, height: 1 } }],
    ['a polygon that leads to infinity', { polygon: [[0, 0], [Infinity, 1]] }], // oxfmt-ignore
    ['an empty polygon', { polygon: [] }],
    ['a mask of another size', { mask: { width: 5, height: 5, counts: [0, 25] } }],
    ['nothing', {}],
  ])('are none of %s', (_, rest) => {
    expect(markOf(overlay('odd', rest), 100, 100)).toBeUndefined();
  });

  it('tell inside from outside by the even-odd rule', () => {
    const square = [[0, 0], [4, 0], [4, 4], [0, 4]] as const; // oxfmt-ignore
    expect(isInside(square, 2, 2)).toBe(true);
    expect(isInside(square, 5, 2)).toBe(false);
  });
});

describe('marks by slice', () => {
  const found = [
    overlay('a', { slice: 2, box: { x: 1, y: 1, width: 1, height: 1 } }),
    overlay('organ', { slice: 4, box: { x: 1, y: 1, width: 1, height: 1 } }),
    overlay('organ', { slice: 5, box: { x: 1, y: 1, width: 1, height: 1 } }),
    overlay('organ', { slice: 6, box: { x: 1, y: 1, width: 1, height: 1 } }),
  ];
  const marks = new SliceMarks(found, 10, 10);

  it('are those of their slice', () => {
    expect(marks.on(2).marks.map(({ overlay: { id } }) => id)).toEqual(['a']);
    expect(marks.on(3).marks).toEqual([]);
    expect(marks.slices).toEqual([2, 4, 5, 6]);
    expect([...marks.labelsOn(4)]).toEqual([['label organ', 1]]);
  });

  it('are gone to on the slice that is shown, else on the middle of theirs', () => {
    expect(marks.sliceOf('organ', 6)).toBe(6);
    expect(marks.sliceOf('organ', 0)).toBe(5);
    expect(marks.sliceOf('none', 0)).toBeUndefined();
  });

  it('are stepped through around the end, each once', () => {
    expect(marks.step(undefined, 3, 1)).toEqual({ id: 'organ', slice: 4 });
    expect(marks.step('organ', 4, 1)).toEqual({ id: 'a', slice: 2 });
    expect(marks.step('a', 2, -1)).toEqual({ id: 'organ', slice: 4 });
    expect(new SliceMarks([], 1, 1).step(undefined, 0, 1)).toBeUndefined();
  });
});

describe('names of findings', () => {
  const wanted = (left: number, top: number) => ({ text: 't', colour: '#fff', left, top, bottom: top + 30, width: 60 });

  it('stand above, below where there is no room, and never on one another', () => {
    const size = { width: 200, height: 200 };
    const placed = placeLabels([wanted(50, 100), wanted(50, 100), wanted(50, 100), wanted(50, 100)], size);
    expect(placed.map(({ top }) => top)).toEqual([77, 133, 103]);
    expect(placeLabels([wanted(190, 0)], size)).toMatchObject([{ left: 140, top: 33 }]);
  });

  it('stand off the corner in which the slice and the window are told', () => {
    expect(placeLabels([wanted(2, 20)], { width: 400, height: 400 })).toMatchObject([{ top: 53 }]);
  });
});
