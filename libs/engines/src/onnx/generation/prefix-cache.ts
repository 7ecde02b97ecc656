import { createHash } from 'node:crypto';
import type { ByteCache } from './byte-cache';
import type { KvRows } from './kv-rows';
import type { Prompt } from './prompt';

/** Positions that are kept and found together. */
export const BLOCK = 8;

const bytesOf = (tokens: Int32Array): Uint8Array => new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);

/**
 * Keys of all whole blocks. A block's key hashes everything that its numbers depend on: all tokens up to its end, the images among
 * them, and of `scope` the model, the adapter, the tenant and its salt. What is kept is therefore found again only by who may see
 * it.
 *
 * @param images key of each span's image, by the span's index
 */
export function blockKeys({ tokens, spans }: Prompt, scope: string, images: readonly string[]): readonly string[] {
  const keys: string[] = [];
  let before = scope;
  for (let begin = 0; begin + BLOCK <= tokens.length; begin += BLOCK) {
    const end = begin + BLOCK;
    const hash = createHash('sha256')
      .update(before)
      .update(bytesOf(tokens.subarray(begin, end)));
    for (const [index, span] of spans.entries()) {
      if (span.begin < end && span.end > begin) hash.update(`${String(span.begin)}:${images[index] ?? ''};`);
    }
    before = hash.digest('base64');
    keys.push(before);
  }
  return keys;
}

/**
 * Keys and values of the beginnings of earlier prompts, in blocks of positions (so vLLM's automatic prefix caching). Those of answers are
 * not kept: written token by token they are not bit for bit what reading them gives, and the same prompt is to have the same answer
 * whatever was asked before.
 */
export class PrefixCache {
  constructor(private readonly blocks: ByteCache<Float32Array>) {}

  /**
   * Puts into an empty row what is kept of its prompt, and says how many positions that is: at most `most`, as the last positions
   * of a prompt have to be run for the first token of its answer.
   */
  restore(kv: KvRows, row: number, keys: readonly string[], most: number): number {
    const found: Float32Array[] = [];
    for (const key of keys.slice(0, Math.floor(most / BLOCK))) {
      const block = this.blocks.get(key);
      if (!block) break;
      found.push(block);
    }
    for (const [index, block] of found.entries()) kv.write(row, index * BLOCK, BLOCK, block);
    kv.setValid(row, found.length * BLOCK);
    return found.length * BLOCK;
  }

  /** Keeps what a row holds of these blocks. */
  keep(kv: KvRows, row: number, keys: readonly string[]): void {
    // From the end: a block is of no use without those before it, so those are to go last.
    for (let index = keys.length - 1; index >= 0; index -= 1) {
      const key = keys[index] ?? '';
      if (this.blocks.get(key)) continue;
      this.blocks.set(key, kv.read(row, index * BLOCK, BLOCK), kv.positionBytes * BLOCK);
    }
  }
}
