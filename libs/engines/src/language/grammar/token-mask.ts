import type { FormatMachine, FormatState } from './format-machine';
import type { VocabularyTrie } from './vocabulary-trie';

/** Which tokens may follow a state: their ids where they are few, else one bit a token. */
interface TokenMask {
  readonly ids: Int32Array | undefined;
  readonly bits: Uint32Array | undefined;
  readonly count: number;
  /** The dearest of the states that they lead to, in tokens. */
  readonly dearest: number;
}

/** Masks that are kept: with a vocabulary of 152,000 each takes at most 19 KB. */
const MAX_MASKS = 256;

/** Finds which tokens may follow in a format, and rules out the others. Belongs to one vocabulary; not bound to one answer. */
export class TokenMasks {
  readonly #found: Int32Array;
  readonly #saved: Float32Array;
  readonly #path: FormatState[] = [];
  readonly #masked: FormatState[] = [];

  constructor(private readonly trie: VocabularyTrie) {
    this.#found = new Int32Array(trie.size);
    this.#saved = new Float32Array(trie.size);
  }

  /**
   * Sets the row to -Infinity for every token that may not follow.
   *
   * @param left tokens that may be written, the next one among them. As long as the text can be made whole within them, tokens
   *   after which it could not are ruled out.
   * @param also ids that may follow besides
   * @returns how many may
   */
  apply(row: Float32Array, machine: FormatMachine, state: FormatState, left: number, also: Iterable<number>): number {
    const kept = [...also].map((id): [number, number] => [id, row[id] as number]);
    const mask = this.#maskOf(machine, state);
    const isTight = state.cost <= left && mask.dearest > left - 1;
    const within = isTight ? this.#find(machine, state, left - 1).count : 0;
    // None leads to the end in time only where a format is so ambiguous that its machine leaves places out: then any may follow.
    const count = within > 0 || (isTight && kept.length > 0) ? this.#keep(row, within) : this.#applyMask(row, mask);
    for (const [id, logit] of kept) row[id] = logit;
    return count + kept.length;
  }

  #maskOf(machine: FormatMachine, state: FormatState): TokenMask {
    if (state.mask !== undefined) return state.mask as TokenMask;
    const { count, dearest } = this.#find(machine, state, Infinity);
    const isFew = count <= this.trie.size / 32;
    const bits = isFew ? undefined : new Uint32Array(Math.ceil(this.trie.size / 32));
    if (bits)
      for (const id of this.#found.subarray(0, count)) bits[id >>> 5] = (bits[id >>> 5] as number) | (1 << (id & 31));
    const mask: TokenMask = { ids: isFew ? this.#found.slice(0, count) : undefined, bits, count, dearest };
    state.mask = mask;
    if (this.#masked.push(state) > MAX_MASKS) (this.#masked.shift() as FormatState).mask = undefined;
    return mask;
  }

  #applyMask(row: Float32Array, { ids, bits, count }: TokenMask): number {
    if (ids) {
      this.#found.set(ids);
      return this.#keep(row, count);
    }
    if (bits)
      for (let id = 0; id < this.trie.size; id += 1)
        if ((((bits[id >>> 5] as number) >>> (id & 31)) & 1) === 0) row[id] = -Infinity;
    return count;
  }

  /** Of the row only what was found. */
  #keep(row: Float32Array, count: number): number {
    for (let at = 0; at < count; at += 1) this.#saved[at] = row[this.#found[at] as number] as number;
    row.fill(-Infinity);
    for (let at = 0; at < count; at += 1) row[this.#found[at] as number] = this.#saved[at] as number;
    return count;
  }

  /** Walks the vocabulary along the format. @param most tokens that may be needed after the next one */
  #find(machine: FormatMachine, state: FormatState, most: number): { count: number; dearest: number } {
    const { nodes, byte, depth, end, token, same } = this.trie;
    const path = this.#path;
    path[0] = state;
    let count = 0;
    let dearest = 0;
    let node = 1;
    while (node < nodes) {
      const level = depth[node] as number;
      const before = path[level - 1] as FormatState;
      const byteThere = byte[node] as number;
      const after = before.to[byteThere] ?? machine.step(before, byteThere);
      if (after === null) {
        node = end[node] as number;
        continue;
      }
      path[level] = after;
      if (after.cost <= most) {
        for (let id = token[node] as number; id >= 0; id = same[id] as number) {
          this.#found[count] = id;
          count += 1;
          if (after.cost > dearest) dearest = after.cost;
        }
      }
      node += 1;
    }
    path.length = 0;
    return { count, dearest };
  }
}
