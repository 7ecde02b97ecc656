import { GrowingTree, TILE_WIDTH } from '@medserve/ledger';
import type { Queryable } from '../../database/database';
import { readLeafTiles } from '../verify/leaf-tiles';
import type { IndexRange } from './sealed-ranges';

const HASH_BYTES = 32;
const PAGE = 16 * TILE_WIDTH;

/** Root of a tree over the hashes of some entries alone, out of the tiles, in hex: it can be had as well when they are gone. */
export async function sealedRoot(client: Queryable, tenant: string, ranges: readonly IndexRange[]): Promise<string> {
  const tree = new GrowingTree(0, []);
  for (const { begin, end } of ranges) {
    for (let page = begin - (begin % TILE_WIDTH); page < end; page += PAGE) {
      const tiles = await readLeafTiles(client, tenant, page, Math.min(end, page + PAGE));
      const hashes: Buffer[] = [];
      for (let index = Math.max(begin, page); index < Math.min(end, page + PAGE); index += 1) {
        const at = (index % TILE_WIDTH) * HASH_BYTES;
        hashes.push(tiles.get(Math.floor(index / TILE_WIDTH))?.subarray(at, at + HASH_BYTES) ?? Buffer.alloc(0));
      }
      tree.append(hashes);
    }
  }
  return tree.root().toString('hex');
}
