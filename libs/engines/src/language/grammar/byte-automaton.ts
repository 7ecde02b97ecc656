import { PatternNotKnown, type CharacterSet, type Pattern } from './pattern';

export const MAX_STATES = 20_000;

/** States and the ways between them. */
const MAX_SIZE = 80_000;

interface Edge {
  readonly low: number;
  readonly high: number;
  readonly to: number;
}

/** Characters beyond ASCII as UTF-8 (RFC 3629, section 4): ranges of bytes, one after another. */
const BEYOND_ASCII: readonly (readonly (readonly [number, number])[])[] = [
  [
    [0xc2, 0xdf],
    [0x80, 0xbf],
  ],
  [
    [0xe0, 0xe0],
    [0xa0, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xe1, 0xec],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xed, 0xed],
    [0x80, 0x9f],
    [0x80, 0xbf],
  ],
  [
    [0xee, 0xef],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf0, 0xf0],
    [0x90, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf1, 0xf3],
    [0x80, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf4, 0xf4],
    [0x80, 0x8f],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
];

const utf8 = new TextEncoder();

const inJson = (code: number): string => JSON.stringify(String.fromCharCode(code)).slice(1, -1);

/** Characters that stand for themselves in a JSON string, as ranges. */
function plainRanges(ascii: readonly boolean[]): [number, number][] {
  const ranges: [number, number][] = [];
  ascii.forEach((has, code) => {
    if (!has || inJson(code).length > 1) return;
    const last = ranges.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  });
  return ranges;
}

/** Those with a short escape; control characters without one are left out. */
const escapedOf = (ascii: readonly boolean[]): Uint8Array[] =>
  ascii.flatMap((has, code) => (has && inJson(code).length === 2 ? [utf8.encode(inJson(code))] : []));

/** A nondeterministic automaton over the bytes of a JSON string's inside (Thompson 1968). */
export class ByteAutomaton {
  readonly begin: number;
  readonly end: number;
  readonly #edges: Edge[][] = [];
  readonly #free: number[][] = [];
  readonly #distances: readonly number[];
  #size = 0;

  /** @throws PatternNotKnown for a pattern that takes too many states */
  constructor(pattern: Pattern) {
    this.begin = this.#node();
    this.end = this.#build(pattern, this.begin);
    this.#distances = this.#measure();
  }

  /** Its states and the ways between them: what it took to make it. */
  get size(): number {
    return this.#size;
  }

  /** How few bytes lead from one of the states to the end. */
  distance(states: readonly number[]): number {
    return states.reduce((least, state) => Math.min(least, this.#distances[state] ?? Infinity), Infinity);
  }

  /** The states with all that are reached from them without a byte; those from which the end cannot be reached are left out. */
  closure(states: readonly number[]): number[] {
    const seen = new Set<number>();
    const waiting = [...states];
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      if (seen.has(state) || this.#distances[state] === Infinity) continue;
      seen.add(state);
      waiting.push(...(this.#free[state] ?? []));
    }
    return [...seen].sort((a, b) => a - b);
  }

  follow(states: readonly number[], byte: number): number[] {
    return this.closure(
      states.flatMap((state) =>
        (this.#edges[state] ?? []).filter(({ low, high }) => byte >= low && byte <= high).map(({ to }) => to),
      ),
    );
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
      this.#free[at]?.push(loop);
      this.#free[this.#build(part, loop)]?.push(loop);
      const end = this.#node();
      this.#free[loop]?.push(end);
      return end;
    }
    const end = this.#node();
    for (let time = min; time < max; time += 1) {
      this.#free[at]?.push(end);
      at = this.#build(part, at);
    }
    this.#free[at]?.push(end);
    return end;
  }

  #set({ ascii, others, allOthers }: CharacterSet, from: number): number {
    const end = this.#node();
    for (const bytes of [...escapedOf(ascii), ...others.map((code) => utf8.encode(String.fromCodePoint(code)))])
      this.#path(
        Array.from(bytes, (byte) => [byte, byte]),
        from,
        end,
      );
    for (const range of plainRanges(ascii)) this.#path([range], from, end);
    if (allOthers) for (const ranges of BEYOND_ASCII) this.#path(ranges, from, end);
    return end;
  }

  #path(ranges: readonly (readonly [number, number])[], from: number, end: number): void {
    let at = from;
    ranges.forEach(([low, high], index) => {
      const to = index === ranges.length - 1 ? end : this.#node();
      this.#size += 1;
      this.#edges[at]?.push({ low, high, to });
      at = to;
    });
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
