import { conditionSchema } from './condition';
import { describeCondition } from './describe-condition';

const told = (condition: object): string => describeCondition(conditionSchema.parse(condition));

describe('a condition in words', () => {
  it.each([
    [{ modality: 'CT' }, 'modality is CT'],
    [{ modality: ['CR', 'DX'], rows: 512 }, 'modality is CR or DX, and rows is 512'],
    [{ bodyPart: { like: '*HEAD*' } }, 'body part is like *HEAD*'],
    [{ slices: { from: 8 } }, 'slices is at least 8'],
    [{ slices: { to: 8 } }, 'slices is at most 8'],
    [{ sliceThickness: { from: 0.5, to: 3 } }, 'slice thickness is from 0.5 to 3'],
    [{ any: [{ modality: 'MR' }, { rows: 1 }] }, 'either (modality is MR) or (rows is 1)'],
    [
      { modality: 'CT', all: [{ rows: 1 }], not: { columns: 2 } },
      'modality is CT, and rows is 1, and not (columns is 2)',
    ],
    [{}, ''],
  ])('%j is told as "%s"', (condition, words) => {
    expect(told(condition)).toBe(words);
  });
});
