import { meanBatch } from './batches';

const model = (name: string, rows: number, runs: number) => ({
  name,
  version: '1',
  inference_count: rows,
  execution_count: runs,
});

describe('the mean batch of a pool', () => {
  it('is rows by runs of its model version', () => {
    expect(meanBatch([model('a', 12, 4), model('b', 5, 5)], 'a:1')).toBe(3);
  });

  it('is not known where nothing ran, or the pool is no model version', () => {
    expect(meanBatch([model('a', 0, 0)], 'a:1')).toBeUndefined();
    expect(meanBatch([model('a', 3, 1)], 'local')).toBeUndefined();
  });
});
