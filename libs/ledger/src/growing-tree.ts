import { EMPTY_ROOT, nodeHash, perfectRoot } from './hashing';
import { hashesAtLevel, hashesOf, TILE_WIDTH, type Tile, type TilePlace } from './tile';

/** The tiles that hold the right edge of a log of `size` entries: the partial one of each level that has one. */
export function edgeOf(size: number): TilePlace[] {
  const places: TilePlace[] = [];
  for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) {
    const count = hashesAtLevel(size, level);
    if (count % TILE_WIDTH > 0) places.push({ level, index: Math.floor(count / TILE_WIDTH) });
  }
  return places;
}

/** The hashes in a row of subtrees, merged into the roots of the largest complete subtrees, from left to right. */
function* largestSubtrees(hashes: readonly Buffer[]): Generator<Buffer> {
  let at = 0;
  while (at < hashes.length) {
    const width = 2 ** Math.floor(Math.log2(hashes.length - at));
    yield perfectRoot(hashes.slice(at, at + width));
    at += width;
  }
}

/**
 * The right edge of an RFC 6962 tree: all that is needed to append to it and to say its root, whatever its size. Appending
 * gives back the tiles that were touched; a full tile is never touched again.
 */
export class GrowingTree {
  /** Per level: the hashes of the partial tile, fewer than 256. */
  private readonly edge: Buffer[][] = [];
  private count: number;

  /** @param edge the tiles that `edgeOf(size)` names */
  constructor(size: number, edge: readonly Tile[]) {
    this.count = size;
    for (const { level, bytes } of edge) this.edge[level] = hashesOf(bytes);
    for (const { level } of edgeOf(size)) {
      if (this.row(level).length !== hashesAtLevel(size, level) % TILE_WIDTH) {
        throw new RangeError(`The edge tile of level ${String(level)} does not fit a log of ${String(size)} entries.`);
      }
    }
  }

  get size(): number {
    return this.count;
  }

  append(leafHashes: readonly Buffer[]): Tile[] {
    const touched = new Map<string, Tile>();
    let rising = leafHashes;
    for (let level = 0; rising.length > 0; level += 1) {
      rising = this.appendRow(level, rising, touched);
    }
    this.count += leafHashes.length;
    return [...touched.values()];
  }

  /** Adds to one level, notes the tiles it touched, and gives the roots of those that became full. */
  private appendRow(level: number, hashes: readonly Buffer[], touched: Map<string, Tile>): Buffer[] {
    const full: Buffer[] = [];
    const row = this.row(level);
    let index = Math.floor(hashesAtLevel(this.count, level) / TILE_WIDTH);
    for (const hash of hashes) {
      row.push(hash);
      if (row.length < TILE_WIDTH) continue;
      touched.set(`${String(level)}/${String(index)}`, { level, index, bytes: Buffer.concat(row) });
      full.push(perfectRoot(row));
      row.length = 0;
      index += 1;
    }
    if (row.length > 0) touched.set(`${String(level)}/${String(index)}`, { level, index, bytes: Buffer.concat(row) });
    return full;
  }

  root(): Buffer {
    const subtrees = [...this.edge.keys()].reverse().flatMap((level) => [...largestSubtrees(this.row(level))]);
    const last = subtrees.pop();
    return last === undefined ? EMPTY_ROOT : subtrees.reduceRight((right, left) => nodeHash(left, right), last);
  }

  private row(level: number): Buffer[] {
    return (this.edge[level] ??= []);
  }
}
