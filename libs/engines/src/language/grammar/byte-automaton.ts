import { isAll, type CharacterSet } from './character-set';
import { waysOf, type ByteWays } from './json-bytes';
import { PatternNotKnown, type Pattern } from './pattern';
import { RepeatedCopies } from './repeated-copies';

export const MAX_STATES = 20_000;

/** States and the ways between them. */
const MAX_SIZE = 80_000;

export interface Edge {
  readonly low: number;
  readonly high: number;
  readonly to: number;
}

/** A nondeterministic automaton over the bytes of a JSON string's inside (Thompson 1968). */
export class ByteAutomaton {
  readonly begin: number;
  readonly end: number;
  readonly #edges: Edge[][] = [];
  readonly #free: number[][] = [];
  readonly #ways = new Map<CharacterSet, ByteWays>();
  readonly #copies = new RepeatedCopies();
  readonly #distances: readonly number[];
  readonly #closures: (readonly number[] | undefined)[] = [];
  /** After which any character may follow, or none. */
  readonly #anything: readonly number[];
  /** Of any characters, as often as wanted. */
  readonly #loops: number[] = [];
  #size = 0;
  #work = 0;

  /** @throws PatternNotKnown for a pattern that takes too many states */
  constructor(pattern: Pattern) {
    this.begin = this.#node();
    this.end = this.#build(pattern, this.begin);
    this.#distances = this.#measure();
    this.#anything = this.#loops.filter((loop) => this.#reach(loop).includes(this.end));
  }

  /** Its states and the ways between them: what it took to make it. */
  get size(): number {
    return this.#size;
  }

  /** States that were looked at to find which belong together. */
  get work(): number {
    return this.#work;
  }

  /** How few bytes lead from one of the states to the end. */
  distance(states: readonly number[]): number {
    return states.reduce((least, state) => Math.min(least, this.#distances[state] ?? Infinity), Infinity);
  }

  /** Bytes that may follow a state, and where they lead. */
  edgesOf(state: number): readonly Edge[] {
    return this.#edges[state] ?? [];
  }

  /**
   * What is written after any of the states, said by as few of them as are easily found: with those that are reached from them
   * without a byte, without those from which no byte leads anywhere, and without those that let nothing follow that others do not.
   */
  together(states: readonly number[]): readonly number[] {
    const [only, ...others] = states;
    if (only === undefined) return [];
    if (others.length === 0) return this.#closureOf(only);
    return this.#reduced([...new Set(states.flatMap((state) => this.#closureOf(state)))]);
  }

  #closureOf(state: number): readonly number[] {
    return (this.#closures[state] ??= this.#reduced(this.#reach(state)));
  }

  /** From which the end cannot be reached is left out. */
  #reach(from: number): number[] {
    const seen = new Set<number>();
    const waiting = [from];
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      if (seen.has(state) || this.#distances[state] === Infinity) continue;
      seen.add(state);
      waiting.push(...(this.#free[state] ?? []));
    }
    this.#work += seen.size;
    return [...seen];
  }

  #reduced(states: readonly number[]): readonly number[] {
    this.#work += states.length;
    const anything = this.#anything.find((state) => states.includes(state));
    if (anything !== undefined) return [anything, this.end];
    const leading = states.filter((state) => state === this.end || (this.#edges[state] as Edge[]).length > 0);
    return this.#copies.widest(leading).sort((a, b) => a - b);
  }

  #node(): number {
    if (this.#edges.length >= MAX_STATES || this.#size >= MAX_SIZE) throw new PatternNotKnown('too many states');
    this.#size += 1;
    this.#free.push([]);
    return this.#edges.push([]) - 1;
  }

  /** @returns where the part ends that begins at `from` */
  #build(pattern: Pattern, from: number): number {
    switch (pattern.kind) {
      case 'set':
        return this.#set(pattern.set, from);
      case 'sequence':
        return pattern.parts.reduce((at, part) => this.#build(part, at), from);
      case 'choice': {
        const end = this.#node();
        for (const option of pattern.options) {
          const begin = this.#node();
          this.#free[from]?.push(begin);
          this.#free[this.#build(option, begin)]?.push(end);
        }
        return end;
      }
      case 'repeat':
        return this.#repeat(pattern.part, pattern.min, pattern.max, from);
    }
  }

  #repeat(part: Pattern, min: number, max: number, from: number): number {
    let at = from;
    for (let time = 0; time < min; time += 1) at = this.#build(part, at);
    if (max === Infinity) {
      const loop = this.#node();
      if (part.kind === 'set' && isAll(part.set)) this.#loops.push(loop);
      this.#free[at]?.push(loop);
      this.#free[this.#build(part, loop)]?.push(loop);
      const end = this.#node();
      this.#free[loop]?.push(end);
      return end;
    }
    const end = this.#node();
    const first = this.#edges.length;
    for (let time = min; time < max; time += 1) {
      this.#free[at]?.push(end);
      at = this.#build(part, at);
    }
    this.#free[at]?.push(end);
    this.#copies.add(first, (this.#edges.length - first) / (max - min), max - min);
    return end;
  }

  #set(set: CharacterSet, from: number): number {
    const ways = this.#ways.get(set) ?? waysOf(set);
    this.#ways.set(set, ways);
    const end = this.#node();
    const nodes = ways.map((_, place) => (place === 0 ? end : place === ways.length - 1 ? from : this.#node()));
    ways.forEach((edges, place) => {
      this.#size += edges.length;
      for (const { low, high, to } of edges)
        this.#edges[nodes[place] as number]?.push({ low, high, to: nodes[to] as number });
    });
    return end;
  }

  /** Bytes from every state to the end: breadth first, backwards. */
  #measure(): number[] {
    const into = this.#edges.map((): { from: number; bytes: 0 | 1 }[] => []);
    this.#edges.forEach((edges, from) => {
      for (const { to } of edges) into[to]?.push({ from, bytes: 1 });
    });
    this.#free.forEach((ends, from) => {
      for (const to of ends) into[to]?.push({ from, bytes: 0 });
    });
    const distances = this.#edges.map(() => Infinity);
    distances[this.end] = 0;
    let level = [this.end];
    for (let distance = 0; level.length > 0; distance += 1) {
      const next: number[] = [];
      for (let at = 0; at < level.length; at += 1) {
        const state = level[at] as number;
        if ((distances[state] as number) < distance) continue;
        for (const { from, bytes } of into[state] ?? []) {
          if (distance + bytes >= (distances[from] as number)) continue;
          distances[from] = distance + bytes;
          if (bytes === 0) level.push(from);
          else next.push(from);
        }
      }
      level = next;
    }
    return distances;
  }
}
