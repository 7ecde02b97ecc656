import { nodeHash, perfectRoot } from './hashing';
import { hashesOf, TILE_WIDTH, type TilePlace } from './tile';

export type TileReader = (place: TilePlace) => Promise<Buffer>;

const TILE_HEIGHT = Math.log2(TILE_WIDTH);

/** The largest power of two below `count` (RFC 6962's k). */
function splitOf(count: number): number {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
}

const isPowerOfTwo = (count: number): boolean => count === 1 || splitOf(count) * 2 === count;

/** Reads a complete subtree's root out of the tile that holds it, or out of the hashes below it within that tile. */
async function subtreeRoot(begin: number, count: number, read: TileReader): Promise<Buffer> {
  const height = Math.round(Math.log2(count));
  const level = Math.floor(height / TILE_HEIGHT);
  const width = 2 ** (height % TILE_HEIGHT);
  const first = begin / TILE_WIDTH ** level;
  const hashes = hashesOf(await read({ level, index: Math.floor(first / TILE_WIDTH) }));
  const at = first % TILE_WIDTH;
  const row = hashes.slice(at, at + width);
  if (row.length !== width) throw new RangeError('A tile has fewer hashes than the size of the log asks for.');
  return perfectRoot(row);
}

/** MTH(D[begin:end]) of RFC 6962, 2.1; `begin` is a multiple of the largest power of two in the range. */
async function rangeRoot(begin: number, end: number, read: TileReader): Promise<Buffer> {
  const count = end - begin;
  if (isPowerOfTwo(count)) return subtreeRoot(begin, count, read);
  const middle = begin + splitOf(count);
  return nodeHash(await rangeRoot(begin, middle, read), await rangeRoot(middle, end, read));
}

/** PATH(m, D[n]) of RFC 6962, 2.1.1: from the entry's sibling up to the root's child. */
export async function inclusionPath(index: number, size: number, read: TileReader): Promise<Buffer[]> {
  if (index < 0 || index >= size) throw new RangeError('The entry is outside of the log.');
  const path: Buffer[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      path.unshift(await rangeRoot(middle, end, read));
      end = middle;
    } else {
      path.unshift(await rangeRoot(begin, middle, read));
      begin = middle;
    }
  }
  return path;
}

/** PROOF(m, D[n]) of RFC 6962, 2.1.2: that the log of `size` entries begins with the log of `older` entries. */
export async function consistencyPath(older: number, size: number, read: TileReader): Promise<Buffer[]> {
  if (older < 0 || older > size) throw new RangeError('The older log is larger than the newer one.');
  if (older === 0 || older === size) return [];
  const path: Buffer[] = [];
  let [begin, end, isWhole] = [0, size, true];
  while (older !== end) {
    const middle = begin + splitOf(end - begin);
    if (older <= middle) {
      path.unshift(await rangeRoot(middle, end, read));
      end = middle;
    } else {
      path.unshift(await rangeRoot(begin, middle, read));
      begin = middle;
      isWhole = false;
    }
  }
  if (!isWhole) path.unshift(await rangeRoot(begin, end, read));
  return path;
}

/** The root of the log of `size` entries, out of its tiles. */
export const rootFromTiles = (size: number, read: TileReader): Promise<Buffer> => rangeRoot(0, size, read);
