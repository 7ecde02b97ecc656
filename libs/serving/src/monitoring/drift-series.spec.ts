import { DriftSeries, surelyInWindow } from './drift-series';

const PLAN = { referenceSamples: 20, windowSamples: 20, leastSamples: 5 };

const after = (...values: (number | string)[]): DriftSeries => {
  const series = DriftSeries.fresh(PLAN);
  for (const value of values) series.observe(value);
  return series;
};
const first = Array.from({ length: 20 }, (_, at) => at);

describe('a series', () => {
  it('compares nothing before its reference is whole and its window has enough', () => {
    expect(after(...first.slice(0, 19)).samples()).toBeUndefined();
    expect(after(...first, 1, 1, 1, 1).samples()).toBeUndefined();
    expect(after(...first, 1, 1, 1, 1, 1).samples()).toBeDefined();
  });

  it('forgets the oldest of its window, and nothing of its reference', () => {
    const series = after(...first, ...first.map(() => 0));
    for (const value of first) series.observe(value);
    const { reference = [], window = [] } = series.samples() ?? {};
    expect(window).toEqual(reference);
    expect([series.referenceSamples, series.windowSamples]).toEqual([20, 20]);
  });

  it('is the same after it was kept and made again', () => {
    for (const count of [3, 20, 33]) {
      const series = after(...Array.from({ length: count }, (_, at) => at % 7));
      const again = DriftSeries.of(PLAN, JSON.parse(JSON.stringify(series.snapshot())) as never);
      for (const value of first) {
        series.observe(value);
        again.observe(value);
      }
      expect(again.snapshot()).toEqual(series.snapshot());
    }
  });

  it('goes its own way from a copy of it', () => {
    const series = after(...first);
    const copy = series.copy();
    copy.observe(3);
    expect([series.windowSamples, copy.windowSamples]).toEqual([0, 1]);
  });

  it('tells a value that all had apart from what is below and above it', () => {
    const series = after(...first.map(() => 512), 511, 512, 513, 512, 512);
    const { reference = [], window = [] } = series.samples() ?? {};
    expect(reference.filter((count) => count > 0)).toEqual([20]);
    expect(window.filter((count) => count > 0)).toEqual([1, 3, 1]);
  });

  it('takes words that its reference did not have for one', () => {
    const series = after(...first.map((at) => (at < 14 ? 'well' : 'ill')), 'new', 'newer', 'ill', 'well', 'well');
    expect(series.samples()).toEqual({ reference: [7, 3, 0], window: [2, 1, 2] });
  });

  it('counts in its reference other words than those that name its classes, so that new ones are among both', () => {
    const series = after(
      ...first.map((at) => (at % 2 === 0 ? 'known' : `rare ${String(at)}`)),
      ...first.map(() => 'known'),
    );
    expect(series.samples()).toEqual({ reference: [0, 10], window: [20, 0] });
  });

  it('holds no more than its window, and no less than it says once that was full', () => {
    const plan = { ...PLAN, windowSamples: 25 };
    const series = DriftSeries.fresh(plan);
    const sizes = Array.from({ length: 200 }, (_, at) => {
      series.observe(at % 20);
      return series.windowSamples;
    });
    expect([Math.max(...sizes), Math.min(...sizes.slice(60)), surelyInWindow(plan)]).toEqual([20, 19, 18]);
  });
});
