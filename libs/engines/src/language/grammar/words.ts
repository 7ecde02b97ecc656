import { NO, type Terminal } from './terminal';
import type { VocabularyTrie } from './vocabulary-trie';

interface Node {
  readonly to: Map<number, number>;
  isWord: boolean;
  cost: number;
}

const utf8 = new TextEncoder();

/** One of some texts, none of them empty. */
export class Words implements Terminal {
  readonly start = 0;
  readonly #nodes: Node[] = [{ to: new Map(), isWord: false, cost: Infinity }];

  constructor(words: readonly string[], vocabulary: VocabularyTrie) {
    for (const word of words) this.#add(utf8.encode(word), vocabulary);
  }

  step(state: number, byte: number): number {
    return this.#nodes[state]?.to.get(byte) ?? NO;
  }

  accepts(state: number): boolean {
    return this.#nodes[state]?.isWord === true;
  }

  ended(state: number): boolean {
    return this.#nodes[state]?.to.size === 0;
  }

  cost(state: number): number {
    return this.#nodes[state]?.cost ?? Infinity;
  }

  #add(word: Uint8Array, vocabulary: VocabularyTrie): void {
    const costs = vocabulary.costs(word);
    let at = 0;
    word.forEach((byte, position) => {
      const node = this.#nodes[at] as Node;
      node.cost = Math.min(node.cost, costs[position] as number);
      const next = node.to.get(byte) ?? this.#nodes.push({ to: new Map(), isWord: false, cost: Infinity }) - 1;
      node.to.set(byte, next);
      at = next;
    });
    const last = this.#nodes[at] as Node;
    last.isWord = true;
    last.cost = 0;
  }
}
