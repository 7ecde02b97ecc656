import { groupScores, markOf } from './measured';

const score = { metric: 'recall', value: 0.9, data: 'phantoms' };

describe('measured scores', () => {
  it('are drawn with their interval where they are shares', () => {
    expect(markOf({ ...score, low: 0.8, high: 0.95 })).toEqual({ at: 0.9, low: 0.8, high: 0.95 });
    expect(markOf(score)).toEqual({ at: 0.9 });
  });

  it('are not drawn on that axis where they have a unit', () => {
    expect(markOf({ ...score, unit: 'mm' })).toBeUndefined();
    expect(markOf({ ...score, unit: '1' })).toBeUndefined();
  });

  it('stay on the axis whatever they are', () => {
    expect(markOf({ ...score, value: 7, low: -1, high: 8 })).toEqual({ at: 1, low: 0, high: 1 });
    expect(markOf({ ...score, value: Number.NaN })).toBeUndefined();
  });

  it('stand together by what they were measured on, in the order of the package', () => {
    const other = { ...score, data: 'photographs' };
    expect(groupScores([score, other, { ...score, metric: 'precision' }]).map(({ scores }) => scores.length)).toEqual([
      2, 1,
    ]);
  });
});
