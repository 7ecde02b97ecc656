/** Answers whose scores lie in one tenth, and what people said of them. */
export interface ScoreBin {
  readonly count: number;
  readonly scoreSum: number;
  readonly right: number;
}

export interface CalibratedBin {
  readonly count: number;
  readonly meanScore: number;
  readonly shareRight: number;
  /** Bounds of the share with 95 % confidence. */
  readonly low: number;
  readonly high: number;
}

export interface Calibration {
  readonly count: number;
  /** Expected calibration error, 0 to 1: by how much scores miss the share of right answers, on average. */
  readonly error: number;
  /** 95 % of the errors of samples drawn anew from this one lie between these. */
  readonly low: number;
  readonly high: number;
  /** Those that hold something. */
  readonly bins: readonly CalibratedBin[];
}

const Z = 1.959963984540054;

/** Wilson's interval of a share (Wilson, JASA 22, 1927): it holds also where few or all are right. */
export function wilson(right: number, count: number): { readonly low: number; readonly high: number } {
  const share = right / count;
  const scale = 1 + Z ** 2 / count;
  const centre = (share + Z ** 2 / (2 * count)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** The expected calibration error alone, 0 to 1 (Naeini et al., AAAI 2015; Guo et al., ICML 2017): `calibrate` draws thousands of answers. */
export function calibrationError(bins: readonly ScoreBin[]): number {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + Math.abs(bin.scoreSum - bin.right), 0) / Math.max(1, count);
}

const DRAWS = 400;

/** mulberry32: the same draws each time, so that the same figures are shown for the same answers. */
function drawer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Answers drawn at most for one sample: beyond, the interval is narrower than anybody reads it. */
const MOST_DRAWN = 5_000;

/** A sample of the same size, drawn with replacement; each answer stands at the mean score of its bin. */
function drawn(bins: readonly ScoreBin[], random: () => number): ScoreBin[] {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  const size = Math.min(count, MOST_DRAWN);
  const counts = new Array<number>(bins.length).fill(0);
  const rights = new Array<number>(bins.length).fill(0);
  for (let answer = 0; answer < size; answer += 1) {
    let place = random() * count;
    const at = bins.findIndex((bin) => (place -= bin.count) < 0);
    const bin = bins[at];
    if (bin === undefined) continue;
    counts[at] = (counts[at] ?? 0) + 1;
    if (random() * bin.count < bin.right) rights[at] = (rights[at] ?? 0) + 1;
  }
  return bins.map((bin, at) => {
    const n = counts[at] ?? 0;
    return { count: n, scoreSum: bin.count === 0 ? 0 : (n * bin.scoreSum) / bin.count, right: rights[at] ?? 0 };
  });
}

/** @returns undefined where nobody said anything */
export function calibrate(bins: readonly ScoreBin[]): Calibration | undefined {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  if (count === 0) return undefined;
  const random = drawer(count);
  const errors = Array.from({ length: DRAWS }, () => calibrationError(drawn(bins, random))).sort(
    (one, other) => one - other,
  );
  return {
    count,
    error: calibrationError(bins),
    low: errors[Math.floor(0.025 * DRAWS)] ?? 0,
    high: errors[Math.ceil(0.975 * DRAWS) - 1] ?? 1,
    bins: bins
      .filter((bin) => bin.count > 0)
      .map((bin) => ({
        count: bin.count,
        meanScore: bin.scoreSum / bin.count,
        shareRight: bin.right / bin.count,
        ...wilson(bin.right, bin.count),
      })),
  };
}
