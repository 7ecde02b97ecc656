import { BoundedNames } from './bounded-names';

describe('names as labels', () => {
  it('are other beyond the bound, and stay so', () => {
    const names = new BoundedNames(2);
    expect(['a', 'b', 'c', 'a', 'c'].map((name) => names.of(name))).toEqual(['a', 'b', 'other', 'a', 'other']);
  });

  it('are no fewer for what is called other already', () => {
    const names = new BoundedNames(1);
    expect(['other', 'a'].map((name) => names.of(name))).toEqual(['other', 'a']);
  });
});
