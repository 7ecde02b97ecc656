import {
  calibrate,
  calibrationError,
  calibrationThreshold,
  wilson,
  type Calibration,
  type ScoreBin,
} from './calibration';
import { chiSquaredQuantile, chiSquaredTail } from './chi-squared';
import { correctedLevel } from './false-discovery';
import { ksDistance, ksTail } from './kolmogorov-smirnov';
import { drawer, drawnBinomial } from './seeded-draws';
import { mergedClasses, stabilityIndex } from './stability-index';

describe('statistics', () => {
  it.each([
    // Abramowitz and Stegun, table 26.8.
    [0.05, 1, 3.84146],
    [0.01, 9, 21.666],
    [0.001, 9, 27.8772],
    [0.5, 30, 29.336],
    [0.05, 100, 124.342],
  ])('a chi-squared variable is above its quantile as often as the tables say: %d of %d', (tail, freedom, quantile) => {
    expect(chiSquaredQuantile(tail, freedom)).toBeCloseTo(quantile, 3);
    expect(chiSquaredTail(quantile, freedom)).toBeCloseTo(tail, 5);
  });

  it('the stability index is that of its definition, and 0 of the same shares', () => {
    const index = stabilityIndex({ reference: [5_000_000, 5_000_000], window: [8_000_000, 2_000_000] });
    expect(index).toBeCloseTo(0.3 * Math.log(1.6) + -0.3 * Math.log(0.4), 5);
    expect(stabilityIndex({ reference: [10, 30], window: [10, 30] })).toBe(0);
  });

  it('rare classes are merged with their neighbours, and none is lost', () => {
    const { reference, window } = mergedClasses({ reference: [1, 1, 50, 3, 45, 0], window: [0, 9, 50, 1, 30, 10] }, 10);
    expect(reference).toEqual([2, 50, 48, 0]);
    expect(window).toEqual([9, 50, 31, 10]);
  });

  it('distributions that share nothing are at a distance of 1, which cannot be chance', () => {
    expect(ksDistance({ reference: [10, 0], window: [0, 10] })).toBe(1);
    expect(ksTail(1, 100, 100)).toBeLessThan(1e-12);
    // Smirnov's table: 1.358 at 5 % of large samples.
    expect(ksTail(1.358 / Math.sqrt(5_000), 10_000, 10_000)).toBeCloseTo(0.05, 2);
    expect(ksTail(0, 10, 10)).toBe(1);
  });

  it('many tests are done at the level of Benjamini and Hochberg', () => {
    const tails = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
    const level = correctedLevel(tails, 0.05);
    expect(tails.filter((tail) => tail <= level)).toEqual([0.001, 0.008]);
    expect(correctedLevel([], 0.05)).toBe(0.05);
    expect(correctedLevel([0.9, 0.9], 0.05)).toBe(0.025);
  });

  it('scores that say what is right have no error, and those that are too sure have theirs', () => {
    const good = calibrate([{ count: 100, scoreSum: 80, right: 80 }]);
    expect(good).toMatchObject({ count: 100, error: 0 });
    const sure = calibrate([
      { count: 50, scoreSum: 45, right: 25 },
      { count: 0, scoreSum: 0, right: 0 },
      { count: 50, scoreSum: 10, right: 10 },
    ]);
    expect(sure?.error).toBeCloseTo(0.2, 10);
    expect(sure?.bins).toHaveLength(2);
    expect(sure && sure.low < 0.2 && sure.high > 0.2).toBe(true);
    expect(calibrate([])).toBeUndefined();
  });

  it.each([
    ['of which each is as often right as it says', 0, 0],
    ['that are too sure', 0.1, 0.1],
  ])('the interval of the error holds it, of few answers and of many, of scores %s', (_, tooSure, error) => {
    const random = drawer(7);
    // Scores of 0.5 to 1: at the mean of its bin each.
    const sample = (count: number): ScoreBin[] => {
      const bins = [0.55, 0.65, 0.75, 0.85, 0.95].map((score) => ({ score, count: 0, scoreSum: 0, right: 0 }));
      for (let answer = 0; answer < count; answer += 1) {
        const bin = bins[Math.floor(random() * bins.length)] as (typeof bins)[number];
        bin.count += 1;
        bin.scoreSum += bin.score;
        if (random() < bin.score - tooSure) bin.right += 1;
      }
      return bins;
    };
    for (const count of [30, 20_000]) {
      const found = Array.from({ length: 40 }, () => calibrate(sample(count)) as Calibration);
      const holding = found.filter(({ low, high }) => low <= error + 1e-9 && error <= high);
      expect([count, holding.length >= 34]).toEqual([count, true]);
      expect(found.filter((one) => one.error < one.low || one.error > one.high)).toEqual([]);
    }
  });

  it('the error of scores that are true is above its threshold in one of a hundred samples, and of few answers that is above 0.15', () => {
    const random = drawer(11);
    const sample = (count: number, tooSure = 0): ScoreBin[] =>
      [0.55, 0.65, 0.75, 0.85, 0.95].map((score) => ({
        count: count / 5,
        scoreSum: (score * count) / 5,
        right: drawnBinomial(count / 5, score - tooSure, random),
      }));
    const threshold = calibrationThreshold(sample(50));
    const errors = Array.from({ length: 2_000 }, () => calibrationError(sample(50)));
    expect(errors.filter((error) => error > 0.15).length).toBeGreaterThan(100);
    expect(errors.filter((error) => error > threshold).length).toBeLessThan(40);
    expect(threshold).toBeLessThan(0.3);
    expect(calibrationThreshold(sample(5_000))).toBe(0.15);
    expect(calibrationError(sample(50, 0.4))).toBeGreaterThan(threshold);
    expect(calibrationThreshold([])).toBe(1);
  });

  it('the interval of the error has a width where all answers are right, and is as narrow as their number says', () => {
    const right = calibrate([{ count: 20, scoreSum: 19, right: 20 }]) as Calibration;
    expect(right.high - right.low).toBeGreaterThan(0.05);
    const width = (count: number): number => {
      const { low, high } = calibrate([{ count, scoreSum: 0.9 * count, right: 0.6 * count }]) as Calibration;
      return high - low;
    };
    expect(width(500_000)).toBeLessThan(width(5_000) / 8);
  });

  it('successes are drawn as often as their probability says, of few trials and of many', () => {
    const random = drawer(1);
    for (const [trials, probability] of [
      [10, 0.3],
      [1_000, 0.01],
      [1_000, 0.995],
      [100_000, 0.4],
    ] as const) {
      const drawn = Array.from({ length: 4_000 }, () => drawnBinomial(trials, probability, random));
      const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
      const variance = drawn.reduce((sum, one) => sum + (one - mean) ** 2, 0) / drawn.length;
      const spread = Math.sqrt(trials * probability * (1 - probability));
      expect(Math.abs(mean - trials * probability) / spread).toBeLessThan(0.06);
      expect(Math.sqrt(variance) / spread).toBeCloseTo(1, 1);
      expect(drawn.every((one) => Number.isInteger(one) && one >= 0 && one <= trials)).toBe(true);
    }
    expect([drawnBinomial(5, 0, random), drawnBinomial(5, 1, random), drawnBinomial(0, 0.5, random)]).toEqual([
      0, 5, 0,
    ]);
  });

  it('the interval of a share holds it, also where none or all are right', () => {
    const { low, high } = wilson(0, 10);
    expect([low, high].map((bound) => Number(bound.toFixed(3)))).toEqual([0, 0.278]);
    expect(wilson(10, 10).high).toBeCloseTo(1, 12);
  });
});
