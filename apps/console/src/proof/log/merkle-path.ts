import type { AuthenticTiles } from './authentic-tiles';
import type { Bytes } from './bytes';
import { nodeHash, perfectRoot } from './hashing';
import { TILE_WIDTH } from './tile';

/** One step from an entry up to the root: the hash that is joined, from which side, and what comes of it. */
export interface PathStep {
  readonly side: 'left' | 'right';
  readonly sibling: Bytes;
  readonly parent: Bytes;
}

const TILE_HEIGHT = Math.log2(TILE_WIDTH);

/** The largest power of two below `count` (RFC 6962's k). */
const splitOf = (count: number): number => 2 ** Math.ceil(Math.log2(count) - 1);

/** The root of a complete subtree, out of the tile that holds it or the hashes of its children. */
async function subtreeRoot(begin: number, count: number, tiles: AuthenticTiles): Promise<Bytes> {
  const height = Math.log2(count);
  const level = Math.floor(height / TILE_HEIGHT);
  const first = begin / TILE_WIDTH ** level;
  const row = await tiles.hashes({ level, index: Math.floor(first / TILE_WIDTH) });
  const at = first % TILE_WIDTH;
  return perfectRoot(row.slice(at, at + 2 ** (height % TILE_HEIGHT)));
}

/** MTH(D[begin:end]) of RFC 6962, 2.1. */
async function rangeRoot(begin: number, end: number, tiles: AuthenticTiles): Promise<Bytes> {
  const count = end - begin;
  if (Number.isInteger(Math.log2(count))) return subtreeRoot(begin, count, tiles);
  const middle = begin + splitOf(count);
  return nodeHash(await rangeRoot(begin, middle, tiles), await rangeRoot(middle, end, tiles));
}

/** PATH(m, D[n]) of RFC 6962, 2.1.1, folded from `leaf` on: the last parent is the root, if all is as it should be. */
export async function merklePath(leaf: Bytes, sequence: number, tiles: AuthenticTiles): Promise<PathStep[]> {
  const siblings: Omit<PathStep, 'parent'>[] = [];
  let [begin, end] = [0, tiles.size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (sequence < middle) {
      siblings.unshift({ side: 'right', sibling: await rangeRoot(middle, end, tiles) });
      end = middle;
    } else {
      siblings.unshift({ side: 'left', sibling: await rangeRoot(begin, middle, tiles) });
      begin = middle;
    }
  }
  const steps: PathStep[] = [];
  let value = leaf;
  for (const { side, sibling } of siblings) {
    value = await (side === 'left' ? nodeHash(sibling, value) : nodeHash(value, sibling));
    steps.push({ side, sibling, parent: value });
  }
  return steps;
}
