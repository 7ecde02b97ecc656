import { table } from './table';

describe('a table', () => {
  it('has its columns under their heads, figures to the right', () => {
    expect(
      table(
        ['POOL', 'READY', 'WHY'],
        [
          ['a', 1, 'idle'],
          ['longer', 20, ''],
        ],
      ),
    ).toBe(['POOL    READY  WHY', 'a           1  idle', 'longer     20'].join('\n'));
  });

  it('without rows is its heads', () => {
    expect(table(['POOL', 'READY'], [])).toBe('POOL  READY');
  });
});
