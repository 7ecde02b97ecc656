import { DriftSeries, type DriftPlan } from './drift-series';
import { DRIFT_RULES, judgeDrift, type Comparison } from './judge-drift';

const SEEDS = 1_000;
const PLAN: DriftPlan = { referenceSamples: 200, windowSamples: 200, leastSamples: 50 };

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function comparisonOf(before: () => number | string, now: () => number | string, windowSamples = 200): Comparison {
  const series = DriftSeries.fresh(PLAN);
  for (let sample = 0; sample < PLAN.referenceSamples; sample += 1) series.observe(before());
  for (let sample = 0; sample < windowSamples; sample += 1) series.observe(now());
  const samples = series.samples();
  if (samples === undefined) throw new Error('too few samples');
  return { samples, isOrdered: typeof before() === 'number' };
}

/** One of 300 words, of which each is as frequent as its place is low: many of a reference are in it once, and many are not. */
const rareWord = (random: () => number): string => `word ${String(Math.floor(300 ** random()))}`;

/** Without a least difference, so that only chance decides. */
const BY_CHANCE = { ...DRIFT_RULES, falseDiscoveryRate: 0.05, leastIndex: 0, leastDistance: 0 };

describe('drift', () => {
  const shapes: [string, (random: () => number) => number | string][] = [
    ['bell-shaped values', (random) => normal(random)],
    ['scores near 1', (random) => 1 - random() ** 4],
    ['values of which half are the same', (random) => (random() < 0.5 ? 512 : Math.round(300 + 200 * random()))],
    ['labels of which most are rare', rareWord],
    ['labels, a few', (random) => ['a', 'b', 'b', 'c', 'c', 'c', 'c'][Math.floor(7 * random())] ?? 'd'],
  ];

  it.each(shapes)('is not cried falsely more often than the level allows, of %s', (_, draw) => {
    const level = BY_CHANCE.falseDiscoveryRate;
    for (const windowSamples of [50, 200]) {
      let alarms = 0;
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const random = randomOf(seed * 7_919);
        const value = () => draw(random);
        const [verdict] = judgeDrift([comparisonOf(value, value, windowSamples)], BY_CHANCE);
        if (verdict?.hasDrifted === true) alarms += 1;
      }
      expect(alarms / SEEDS).toBeLessThanOrEqual(level + 2 * Math.sqrt((level * (1 - level)) / SEEDS));
    }
  });

  it.each([
    ['the largest, and others come below', 1, 0.5],
    ['the smallest, and others come above', 0, 0.5],
  ])('is seen where nearly all values are %s', (_, usual, other) => {
    const everyNth = (n: number) => {
      let at = 0;
      return () => ((at += 1) % n === 0 ? other : usual);
    };
    const [verdict] = judgeDrift([comparisonOf(everyNth(100), everyNth(10))]);
    // Of the definition, in two classes, with half an answer more in each.
    const [p, q] = [2.5 / 201, 20.5 / 201];
    expect(verdict?.psi).toBeCloseTo((q - p) * Math.log(q / p) + (p - q) * Math.log((1 - q) / (1 - p)), 10);
    expect(verdict?.hasDrifted).toBe(true);
  });

  it('is cried in no series of many that did not move, and in the one that did', () => {
    let [missed, wrong] = [0, 0];
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = randomOf(seed * 104_729);
      const still = (): number => normal(random);
      const moved = comparisonOf(still, () => normal(random) + 1);
      const verdicts = judgeDrift([moved, ...Array.from({ length: 20 }, () => comparisonOf(still, still))]);
      if (verdicts[0]?.hasDrifted !== true) missed += 1;
      wrong += verdicts.slice(1).filter(({ hasDrifted }) => hasDrifted).length;
    }
    expect({ missed, wrong }).toEqual({ missed: 0, wrong: 0 });
  });

  it.each<[string, () => (random: () => number) => number | string, (random: () => number) => number | string]>([
    ['a mean that moves by a standard deviation', () => normal, (random) => normal(random) + 1],
    ['a spread that doubles', () => normal, (random) => 2 * normal(random)],
    ['one size that becomes another', () => () => 512, () => 256],
    [
      'a label that becomes frequent',
      () => (random) => (random() < 0.1 ? 'ill' : 'well'),
      (random) => (random() < 0.4 ? 'ill' : 'well'),
    ],
  ])('is seen of %s, in at least 95 of 100 seeds', (_, before, now) => {
    let seen = 0;
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = randomOf(seed * 31);
      const [verdict] = judgeDrift([
        comparisonOf(
          () => before()(random),
          () => now(random),
        ),
      ]);
      if (verdict?.hasDrifted === true) seen += 1;
    }
    expect(seen).toBeGreaterThanOrEqual(95);
  });

  it('asks for more where samples are small, or where many series are looked at', () => {
    const random = randomOf(3);
    const still = (): number => normal(random);
    const of = (windowSamples: number, times: number) =>
      judgeDrift(Array.from({ length: times }, () => comparisonOf(still, still, windowSamples)))[0]?.psiThreshold ?? 0;
    expect(of(50, 1)).toBeGreaterThan(of(200, 1) * 1.5);
    expect(of(50, 100)).toBeGreaterThan(of(50, 1));
  });

  it('is not cried of a difference that is sure and does not matter', () => {
    const [verdict] = judgeDrift([
      { samples: { reference: [50_000, 50_000], window: [51_000, 49_000] }, isOrdered: true },
    ]);
    expect(verdict).toMatchObject({ hasDrifted: false, psiThreshold: 0.1, ksThreshold: 0.1 });
  });
});
