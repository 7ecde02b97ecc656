import { areEqual, hexOf, type Bytes } from './bytes';
import type { Checkpoint } from './checkpoint';
import { nodeHash, perfectRoot, sha256 } from './hashing';
import { ProofError } from './proof-error';
import { hashesAtLevel, hashesOf, TILE_WIDTH, tilePath, tileWidth, type TilePlace } from './tile';

/** Reads a file of the log by its path below it. */
export type ReadFile = (path: string) => Promise<Bytes>;

/** The row of hashes of one level that stands at the right edge of a log, none or up to 255. */
type EdgeRow = (place: TilePlace, width: number) => Promise<readonly Bytes[]>;

/** Tiles that are kept at hand: the way up from neighbouring entries is the same. */
const KEPT = 64;

/**
 * The root of a log of `size` entries from the rows at its right edge: the binary digits of the size name the largest complete
 * subtrees, and RFC 6962, 2.1 joins them from the right.
 */
async function rootOfEdge(size: number, rowAt: EdgeRow): Promise<Bytes> {
  let root: Bytes | undefined;
  for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) {
    const count = hashesAtLevel(size, level);
    const width = count % TILE_WIDTH;
    if (width === 0) continue;
    let row = await rowAt({ level, index: Math.floor(count / TILE_WIDTH) }, width);
    // From the right, the smallest subtree first: its height is the lowest digit that is set.
    while (row.length > 0) {
      const wide = row.length & -row.length;
      const subtree = await perfectRoot(row.slice(-wide));
      row = row.slice(0, -wide);
      root = root === undefined ? subtree : await nodeHash(subtree, root);
    }
  }
  return root ?? sha256(new Uint8Array());
}

/**
 * The tiles of a log, each believed only once it was folded, tile by tile, up to the root of a checkpoint: every hash that this
 * gives is one that the checkpoint commits to.
 */
export class AuthenticTiles {
  private readonly kept = new Map<string, Promise<readonly Bytes[]>>();
  private edge: Promise<ReadonlyMap<string, readonly Bytes[]>> | undefined;

  constructor(
    private readonly checkpoint: Pick<Checkpoint, 'size' | 'root'>,
    private readonly read: ReadFile,
  ) {}

  get size(): number {
    return this.checkpoint.size;
  }

  /**
   * The hashes of a tile.
   *
   * @throws ProofError `tile-size`, `root-differs`, `tile-differs`; what `read` throws
   */
  hashes(place: TilePlace): Promise<readonly Bytes[]> {
    const name = `${String(place.level)}/${String(place.index)}`;
    const found = this.kept.get(name);
    if (found !== undefined) return found;
    const hashes = this.believed(place);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= KEPT && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(name, hashes);
    hashes.catch(() => this.kept.delete(name));
    return hashes;
  }

  /** The leaf hash at a place of the log. @throws as `hashes` */
  async leaf(sequence: number): Promise<Bytes> {
    const row = await this.hashes({ level: 0, index: Math.floor(sequence / TILE_WIDTH) });
    return row[sequence % TILE_WIDTH] as Bytes;
  }

  /** What the root was when the log had `size` entries, up to its size now: whoever remembers another one saw another log. */
  async rootAt(size: number): Promise<Bytes> {
    if (size > this.size) throw new RangeError('The log has not got so many entries.');
    await this.believedEdge();
    return rootOfEdge(size, async (place, width) => (await this.hashes(place)).slice(0, width));
  }

  private async believed(place: TilePlace): Promise<readonly Bytes[]> {
    const edge = await this.believedEdge();
    const width = tileWidth(this.size, place);
    const path = tilePath(place, width);
    const atEdge = edge.get(path);
    if (atEdge !== undefined) return atEdge;
    const above = { level: place.level + 1, index: Math.floor(place.index / TILE_WIDTH) };
    const [hashes, parents] = await Promise.all([this.fetched(place, width), this.hashes(above)]);
    const [expected, found] = [parents[place.index % TILE_WIDTH] as Bytes, await perfectRoot(hashes)];
    if (!areEqual(expected, found))
      throw new ProofError({ kind: 'tile-differs', path, expected: hexOf(expected), found: hexOf(found) });
    return hashes;
  }

  /** The tiles at the right edge, which together are the root. */
  private believedEdge(): Promise<ReadonlyMap<string, readonly Bytes[]>> {
    this.edge ??= this.readEdge();
    this.edge.catch(() => (this.edge = undefined));
    return this.edge;
  }

  private async readEdge(): Promise<ReadonlyMap<string, readonly Bytes[]>> {
    const rows = new Map<string, readonly Bytes[]>();
    const root = await rootOfEdge(this.size, async (place, width) => {
      const row = await this.fetched(place, width);
      rows.set(tilePath(place, width), row);
      return row;
    });
    if (!areEqual(root, this.checkpoint.root)) {
      const path = [...rows.keys()].join(', ');
      throw new ProofError({ kind: 'root-differs', path, expected: hexOf(this.checkpoint.root), found: hexOf(root) });
    }
    return rows;
  }

  private async fetched(place: TilePlace, width: number): Promise<readonly Bytes[]> {
    const path = tilePath(place, width);
    return hashesOf(await this.read(path), width, path);
  }
}
