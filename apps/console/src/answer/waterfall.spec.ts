import { waterfallOf } from './waterfall';

describe('timings as a waterfall', () => {
  it('lays phases one after the other, those at the model within the dispatch', () => {
    const timings = { decodeMs: 10, acceptMs: 5, dispatchMs: 100, loadMs: 20, preprocessMs: 8, queueMs: 2, runMs: 50 };
    const { phases, totalMs } = waterfallOf({ ...timings, readMs: 5, totalMs: 130 });
    expect(phases).toEqual([
      { name: 'decode', startMs: 0, durationMs: 10, level: 0 },
      { name: 'accept', startMs: 10, durationMs: 5, level: 0 },
      { name: 'dispatch', startMs: 15, durationMs: 100, level: 0 },
      { name: 'load', startMs: 15, durationMs: 20, level: 1 },
      { name: 'preprocess', startMs: 35, durationMs: 8, level: 1 },
      { name: 'queue', startMs: 43, durationMs: 2, level: 1 },
      { name: 'run', startMs: 45, durationMs: 50, level: 1 },
      { name: 'read', startMs: 95, durationMs: 5, level: 1 },
      { name: 'rest', startMs: 100, durationMs: 15, level: 1 },
      { name: 'rest', startMs: 115, durationMs: 15, level: 0 },
    ]);
    expect(totalMs).toBe(130);
  });

  it('never ends before its last phase', () => {
    expect(waterfallOf({ decodeMs: 30, totalMs: 20 })).toMatchObject({ totalMs: 30, phases: [{ name: 'decode' }] });
  });

  it('marks the first word of a model that writes from when the model was there', () => {
    const { marks } = waterfallOf({ decodeMs: 10, dispatchMs: 100, loadMs: 20, firstTokenMs: 30, totalMs: 110 });
    expect(marks).toEqual([{ name: 'firstToken', atMs: 60 }]);
  });

  it('tells phases that it does not know apart, and takes no number that is none', () => {
    const { phases, others } = waterfallOf({ brewMs: 4, decodeMs: NaN, runMs: -1, acceptMs: 3 });
    expect(phases).toEqual([{ name: 'accept', startMs: 0, durationMs: 3, level: 0 }]);
    expect(others).toEqual([{ name: 'brew', durationMs: 4 }]);
  });

  it('of nothing is nothing', () => {
    expect(waterfallOf({})).toEqual({ phases: [], totalMs: 0, marks: [], others: [] });
  });

  it('takes what an answer to tensors calls them, without a unit', () => {
    expect(waterfallOf({ queue: 1, run: 2 }).phases.map(({ name }) => name)).toEqual(['queue', 'run']);
  });
});
