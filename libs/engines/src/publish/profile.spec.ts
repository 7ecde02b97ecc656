import { measureRows, rowCap } from './profile';

/** A machine on which a run takes what `msOf` says, and which is disturbed now and then. */
function machine(msOf: (rows: number) => number) {
  let now = 0;
  let runs = 0;
  return {
    now: () => now,
    run: (rows: number) => {
      runs += 1;
      now += msOf(rows) + (runs % 7 === 0 ? 500 : 0);
      return Promise.resolve();
    },
  };
}

const measure = (msOf: (rows: number) => number) => {
  const { now, run } = machine(msOf);
  return measureRows(run, undefined, now);
};

describe('the profile of a model', () => {
  it('gives the quickest run of each size, whatever else the machine does', async () => {
    expect(await measure((rows) => 3 + rows)).toEqual([
      { rows: 1, msPerRow: 4 },
      { rows: 2, msPerRow: 2.5 },
      { rows: 4, msPerRow: 1.75 },
      { rows: 8, msPerRow: 1.375 },
      { rows: 16, msPerRow: 1.188 },
      { rows: 32, msPerRow: 1.094 },
    ]);
  });

  it('leaves out batches that would keep an urgent request waiting', async () => {
    expect((await measure((rows) => rows * 400)).map(({ rows }) => rows)).toEqual([1, 2, 4]);
  });

  it('measures one row, however long it takes', async () => {
    expect(await measure((rows) => rows * 60_000)).toEqual([{ rows: 1, msPerRow: 60_000 }]);
  });
});

describe('rows that are worth a batch', () => {
  it.each([
    ['all that were measured, where each doubling helps', [4, 2.5, 1.75], 4],
    ['up to where a doubling brings less than 5 %', [4, 2, 1.95], 2],
    ['one, where none does', [34, 33.5, 33], 1],
    ['one, where nothing was measured', [], 1],
  ])('are %s', (_, times, expected) => {
    expect(rowCap(times.map((msPerRow, index) => ({ rows: 2 ** index, msPerRow })))).toBe(expected);
  });
});
