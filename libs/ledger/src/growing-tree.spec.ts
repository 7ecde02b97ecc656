import fc from 'fast-check';
import { provesConsistency, provesInclusion } from './check-proof';
import { edgeOf, GrowingTree } from './growing-tree';
import { leafHash, nodeHash, EMPTY_ROOT } from './hashing';
import { consistencyPath, inclusionPath, rootFromTiles, type TileReader } from './proofs';
import { tilesOf, tileWidth, type Tile } from './tile';

/** MTH of RFC 6962, 2.1, written down as the RFC has it. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0] as Buffer;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

/** Keeps tiles as a storage would: the last writing of each stands. */
class Tiles {
  private readonly kept = new Map<string, Tile>();

  write(tiles: readonly Tile[]): void {
    for (const tile of tiles) this.kept.set(`${String(tile.level)}/${String(tile.index)}`, tile);
  }

  readonly read: TileReader = ({ level, index }) =>
    Promise.resolve(this.kept.get(`${String(level)}/${String(index)}`)?.bytes ?? Buffer.alloc(0));

  async edge(size: number): Promise<Tile[]> {
    return Promise.all(edgeOf(size).map(async (place) => ({ ...place, bytes: await this.read(place) })));
  }
}

const leavesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) => leafHash(Buffer.from(String(at))));

function grow(leaves: readonly Buffer[]): { tree: GrowingTree; tiles: Tiles } {
  const tree = new GrowingTree(0, []);
  const tiles = new Tiles();
  tiles.write(tree.append(leaves));
  return { tree, tiles };
}

describe('GrowingTree', () => {
  // The eight entries and roots that the Certificate Transparency implementations test with.
  const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const ROOTS = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  it.each(ROOTS.map((root, at) => [at + 1, root] as const))('gives the published root of %i entries', (size, root) => {
    const leaves = ENTRIES.slice(0, size).map((hex) => leafHash(Buffer.from(hex, 'hex')));
    expect(grow(leaves).tree.root().toString('hex')).toBe(root);
  });

  it('says the root of an empty log as SHA-256 of nothing', () => {
    expect(new GrowingTree(0, []).root().toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('has the root and the tile widths of the standard at every size from 0 to 600, one entry at a time', async () => {
    const leaves = leavesOf(600);
    const tree = new GrowingTree(0, []);
    const tiles = new Tiles();
    for (let size = 0; size <= 600; size += 1) {
      if (size > 0) tiles.write(tree.append([leaves[size - 1] as Buffer]));
      expect(tree.size).toBe(size);
      expect(tree.root().equals(naiveRoot(leaves.slice(0, size)))).toBe(true);
      for (const place of tilesOf(size)) expect((await tiles.read(place)).length).toBe(32 * tileWidth(size, place));
    }
  });

  it('grows to the same tree however the entries are cut into batches, and from its stored edge alone', async () => {
    const leaves = leavesOf(1500);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }), async (batches) => {
        const tiles = new Tiles();
        let size = 0;
        for (const batch of batches) {
          const tree = new GrowingTree(size, await tiles.edge(size));
          tiles.write(tree.append(leaves.slice(size, size + batch)));
          size = tree.size;
          expect(tree.root().equals(naiveRoot(leaves.slice(0, size)))).toBe(true);
          if (size > 0) expect((await rootFromTiles(size, tiles.read)).equals(tree.root())).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('refuses an edge that does not fit the size', () => {
    expect(() => new GrowingTree(3, [{ level: 0, index: 0, bytes: Buffer.alloc(64) }])).toThrow('does not fit');
  });
});

describe('proofs', () => {
  const { tree, tiles } = grow(leavesOf(700));

  it('lead from every entry to the root, and from no other entry', async () => {
    const leaves = leavesOf(700);
    for (let index = 0; index < 700; index += 7) {
      const path = await inclusionPath(index, 700, tiles.read);
      const leaf = leaves[index] as Buffer;
      expect(provesInclusion(leaf, index, 700, path, tree.root())).toBe(true);
      expect(provesInclusion(leaf, (index + 1) % 700, 700, path, tree.root())).toBe(false);
      expect(provesInclusion(nodeHash(leaf, leaf), index, 700, path, tree.root())).toBe(false);
    }
  });

  it('show for any two sizes that the newer log begins with the older one', async () => {
    const sizes = fc.integer({ min: 1, max: 600 });
    const leaves = leavesOf(600);
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (one, other) => {
        const [older, newer] = [Math.min(one, other), Math.max(one, other)];
        const grown = grow(leaves.slice(0, newer));
        const path = await consistencyPath(older, newer, grown.tiles.read);
        const from = { size: older, root: naiveRoot(leaves.slice(0, older)) };
        const to = { size: newer, root: grown.tree.root() };
        expect(provesConsistency(from, to, path)).toBe(true);
        if (older < newer) {
          expect(provesConsistency({ ...from, root: leafHash(Buffer.from('forged')) }, to, path)).toBe(false);
          expect(provesConsistency(from, { ...to, root: leafHash(Buffer.from('forged')) }, path)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});
