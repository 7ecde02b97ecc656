import type { ByteAutomaton, Edge } from './byte-automaton';
import { PatternNotKnown } from './pattern';

/** What a table may hold, and what it may take to make it, in states that are looked at: about a tenth of a second. */
const MAX_SETS = 20_000;
const MAX_WORK = 400_000;

/**
 * All sets of states that a nondeterministic automaton can be in, each with the bytes that lead to others (the subset construction
 * of Rabin and Scott 1959). It is made as a whole: a pattern for which there are too many is known before anything is written, and
 * what may be written never depends on what was written before.
 */
export class ByteTable {
  /** By set: how few bytes lead to the end. */
  readonly #distances: number[] = [];
  /** By set: where its ways begin among all. */
  readonly #from: number[] = [0];
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #to: number[] = [];
  readonly #sets: (readonly number[])[] = [];
  readonly #known = new Map<string, number>();
  /** Without a look at what is in it, where it is one that was seen before. */
  readonly #same = new Map<readonly number[], number>();
  #work = 0;

  /** @throws PatternNotKnown for one with too many sets */
  constructor(private readonly automaton: ByteAutomaton) {
    this.#set(automaton.together([automaton.begin]));
    for (let set = 0; set < this.#sets.length; set += 1) {
      this.#follow(this.#sets[set] as readonly number[]);
      this.#from.push(this.#to.length);
    }
    this.#sets.length = 0;
    this.#known.clear();
    this.#same.clear();
  }

  /** Sets and the ways between them. The first set is where a text begins, if any does. */
  get size(): number {
    return this.#distances.length + this.#to.length;
  }

  distance(set: number): number {
    return this.#distances[set] ?? Infinity;
  }

  /** @returns -1: it may not follow */
  follow(set: number, byte: number): number {
    const end = this.#from[set + 1] ?? 0;
    for (let at = this.#from[set] ?? 0; at < end; at += 1)
      if (byte <= (this.#high[at] as number)) return byte >= (this.#low[at] as number) ? (this.#to[at] as number) : -1;
    return -1;
  }

  #follow(set: readonly number[]): void {
    const edges = set.flatMap((state) => this.automaton.edgesOf(state)).sort((a, b) => a.low - b.low);
    for (let at = 0; at < edges.length;) {
      const begin = at;
      let high = -1;
      do high = Math.max(high, (edges[at++] as Edge).high);
      while (at < edges.length && (edges[at] as Edge).low <= high);
      this.#followThose(edges.slice(begin, at));
    }
  }

  /** Edges that overlap, from the first to the last. */
  #followThose(edges: readonly Edge[]): void {
    this.#work += edges.length ** 2;
    const bounds = [...new Set(edges.flatMap(({ low, high }) => [low, high + 1]))].sort((a, b) => a - b);
    bounds.slice(0, -1).forEach((byte, at) => {
      const targets = edges.filter(({ low, high }) => byte >= low && byte <= high).map(({ to }) => to);
      const to = this.#set(this.automaton.together([...new Set(targets)]));
      if (to >= 0) this.#way(byte, (bounds[at + 1] as number) - 1, to);
    });
  }

  #way(low: number, high: number, to: number): void {
    const last = this.#to.length - 1;
    const isSameSet = last >= (this.#from.at(-1) as number) && this.#to[last] === to;
    if (isSameSet && this.#high[last] === low - 1) {
      this.#high[last] = high;
      return;
    }
    this.#low.push(low);
    this.#high.push(high);
    this.#to.push(to);
  }

  #set(states: readonly number[]): number {
    if (states.length === 0) return -1;
    const same = this.#same.get(states);
    if (same !== undefined) return same;
    this.#work += states.length;
    const key = states.join(' ');
    const set = this.#known.get(key) ?? this.#made(states);
    this.#known.set(key, set);
    this.#same.set(states, set);
    return set;
  }

  #made(states: readonly number[]): number {
    if (this.#sets.length >= MAX_SETS || this.#work + this.automaton.work > MAX_WORK)
      throw new PatternNotKnown('too many sets of states');
    this.#distances.push(this.automaton.distance(states));
    return this.#sets.push(states) - 1;
  }
}
