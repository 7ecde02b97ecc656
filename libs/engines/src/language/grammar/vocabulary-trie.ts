import type { Tokenizer } from '../text/tokenizer';

/**
 * The tokens of a vocabulary as a tree of their bytes, in preorder: a node's children follow it, and `end` is the node after the
 * last of them, so that walking the tree is one loop that skips what is ruled out. Node 0 is the root.
 */
export class VocabularyTrie {
  readonly nodes: number;
  /** By node: the byte that leads to it, its distance from the root, the node after its subtree, its token or -1. */
  readonly byte: Uint8Array;
  readonly depth: Uint16Array;
  readonly end: Int32Array;
  readonly token: Int32Array;
  /** By token: another of the same bytes, or -1. */
  readonly same: Int32Array;
  readonly deepest: number;

  /** @param without tokens that are no text of an answer, such as those that end it */
  constructor(
    tokenizer: Tokenizer,
    readonly size: number,
    without: ReadonlySet<number>,
  ) {
    const entries: { id: number; key: string }[] = [];
    let bytes = 1;
    for (let id = 0; id < size; id += 1) {
      const text = tokenizer.bytesOf(id);
      if (text.length === 0 || text.length > 0xffff || without.has(id)) continue;
      entries.push({ id, key: Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1') });
      bytes += text.length;
    }
    entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id));
    const byte = new Uint8Array(bytes);
    const depth = new Uint16Array(bytes);
    const end = new Int32Array(bytes);
    const token = new Int32Array(bytes).fill(-1);
    this.same = new Int32Array(size).fill(-1);
    let count = 1;
    let deepest = 0;
    let previous = { id: -1, key: '' };
    const path = [0];
    const leaveTo = (level: number): void => {
      while (path.length > level + 1) end[path.pop() as number] = count;
    };
    for (const entry of entries) {
      if (entry.key === previous.key) {
        this.same[entry.id] = this.same[previous.id] as number;
        this.same[previous.id] = entry.id;
        continue;
      }
      let common = 0;
      while (common < previous.key.length && previous.key[common] === entry.key[common]) common += 1;
      leaveTo(common);
      for (let level = common; level < entry.key.length; level += 1) {
        byte[count] = entry.key.charCodeAt(level);
        depth[count] = level + 1;
        path.push(count);
        count += 1;
      }
      token[count - 1] = entry.id;
      deepest = Math.max(deepest, entry.key.length);
      previous = entry;
    }
    leaveTo(0);
    end[0] = count;
    this.nodes = count;
    this.deepest = deepest;
    this.byte = byte.slice(0, count);
    this.depth = depth.slice(0, count);
    this.end = end.slice(0, count);
    this.token = token.slice(0, count);
  }

  /**
   * By position: how few tokens write the text from there to its end; Infinity where none do.
   */
  costs(text: Uint8Array): Float64Array {
    const costs = new Float64Array(text.length + 1).fill(Infinity);
    costs[text.length] = 0;
    for (let from = text.length - 1; from >= 0; from -= 1) {
      let node = 0;
      for (let at = from; at < text.length; at += 1) {
        node = this.#child(node, text[at] as number);
        if (node === 0) break;
        if ((this.token[node] as number) >= 0)
          costs[from] = Math.min(costs[from] as number, 1 + (costs[at + 1] as number));
      }
    }
    return costs;
  }

  /** @returns 0: none */
  #child(node: number, byte: number): number {
    const last = this.end[node] as number;
    for (let child = node + 1; child < last; child = this.end[child] as number) {
      if (this.byte[child] === byte) return child;
    }
    return 0;
  }
}
