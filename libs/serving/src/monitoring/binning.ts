/** Into which classes values fall: numbers between edges, or words that are told apart and all others together. */
export type Binning =
  | { readonly kind: 'numbers'; readonly edges: readonly number[] }
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** What a series is made of: numbers, or words of a closed list. */
export type Observed = number | string;

export const binCount = (binning: Binning): number =>
  (binning.kind === 'numbers' ? binning.edges.length : binning.words.length) + 1;

/** The class of a value: a number's is how many edges are below it, an unknown word's is the last. */
export function binOf(binning: Binning, value: Observed): number {
  if (binning.kind === 'words') {
    const at = binning.words.indexOf(String(value));
    return at === -1 ? binning.words.length : at;
  }
  const number = Number(value);
  let [low, high] = [0, binning.edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((binning.edges[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Relative step to just below a value that many have. */
const JUST_BELOW = 1e-9;
/** Words told apart; the rarer ones are one class. */
const WORDS = 30;

/**
 * Classes that hold about equally many of the values. Where more than a class's share has one value, that value is a class of its
 * own, so that it is seen when others come on either side of it.
 *
 * @param values at least one; all numbers or all words
 */
export function binningOf(values: readonly Observed[], bins: number): Binning {
  if (typeof values[0] === 'string') return { kind: 'words', words: commonWords(values.map(String)) };
  const sorted = values.map(Number).sort((one, other) => one - other);
  const edges = new Set<number>();
  let before: number | undefined;
  for (let cut = 1; cut < bins; cut += 1) {
    const edge = sorted[Math.ceil((cut * sorted.length) / bins) - 1] as number;
    if (edge === before || edge === sorted[0]) edges.add(edge - JUST_BELOW * Math.max(1, Math.abs(edge)));
    edges.add(edge);
    before = edge;
  }
  return { kind: 'numbers', edges: [...edges].sort((one, other) => one - other) };
}

function commonWords(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, WORDS)
    .map(([word]) => word);
}

/** How many values fall into each class. */
export function countsOf(binning: Binning, values: readonly Observed[]): number[] {
  const counts = new Array<number>(binCount(binning)).fill(0);
  for (const value of values) counts[binOf(binning, value)] = (counts[binOf(binning, value)] ?? 0) + 1;
  return counts;
}
