import { leafHash, provesConsistency, provesInclusion, consistencyPath, GrowingTree } from '@medserve/ledger';
import { entriesFor, GrownLog } from '../testing/grown-log';
import { AuthenticTiles } from './authentic-tiles';
import { hexOf } from './bytes';
import { merklePath } from './merkle-path';

const tilesOf = (log: GrownLog, root: Uint8Array = log.root): AuthenticTiles =>
  new AuthenticTiles({ size: log.size, root: new Uint8Array(root) }, log.read);

const faultOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => (error as { fault?: unknown }).fault,
  );

/** Small sizes, and those around full and almost full tiles. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 31, 32, 100, 255, 256, 257, 300, 511, 512, 513, 600];

describe('AuthenticTiles', () => {
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
  it.each(ROOTS.map((root, at) => [at + 1, root] as const))(
    'fold to the published root of %i entries',
    async (size, root) => {
      const log = new GrownLog(ENTRIES.slice(0, size).map((hex) => Buffer.from(hex, 'hex')));
      expect(hexOf(await tilesOf(log, Buffer.from(root, 'hex')).rootAt(size))).toBe(root);
    },
  );

  it('fold to the root of an empty log', async () => {
    const log = new GrownLog([]);
    expect(hexOf(await tilesOf(log).rootAt(0))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('give at every size from 1 to 600 the roots of all its beginnings as libs/ledger does', async () => {
    const entries = entriesFor(600);
    const tree = new GrowingTree(0, []);
    const roots = [hexOf(tree.root()), ...entries.map((entry) => (tree.append([leafHash(entry)]), hexOf(tree.root())))];
    const whole = tilesOf(new GrownLog(entries));
    for (let size = 1; size <= 600; size += 1) expect(hexOf(await whole.rootAt(size))).toBe(roots[size]);
    for (const size of SIZES) {
      const tiles = tilesOf(new GrownLog(entries.slice(0, size)));
      for (let before = 1; before <= size; before += 37) expect(hexOf(await tiles.rootAt(before))).toBe(roots[before]);
    }
  });

  it('agree with the consistency proofs of RFC 9162', async () => {
    const entries = entriesFor(600);
    const log = new GrownLog(entries);
    const tiles = tilesOf(log);
    for (const before of SIZES) {
      const root = Buffer.from(await tiles.rootAt(before));
      const read = async (place: { level: number; index: number }) =>
        Buffer.from((await tiles.hashes(place)).flatMap((hash) => [...hash]));
      const path = await consistencyPath(before, 600, read);
      expect(provesConsistency({ size: before, root }, { size: 600, root: log.root }, path)).toBe(true);
    }
  });

  it('give every leaf of a log of three levels', async () => {
    const entries = entriesFor(66_000);
    const log = new GrownLog(entries);
    const tiles = tilesOf(log);
    for (const at of [0, 255, 256, 65_279, 65_535, 65_536, 65_999])
      expect(hexOf(await tiles.leaf(at))).toBe(hexOf(leafHash(entries[at] as Buffer)));
  });

  it('are not believed, any of them, after a bit of it was turned over', async () => {
    const entries = entriesFor(600);
    for (const path of new GrownLog(entries).paths.filter((name) => !name.includes('entries'))) {
      const log = new GrownLog(entries);
      log.flip(path, 17);
      const faults = await Promise.all([0, 300, 599].map((at) => faultOf(tilesOf(log).leaf(at))));
      const found = faults.find((fault) => fault !== undefined);
      // A full tile is named by itself; those at the edge only together are the root.
      const kind = path.includes('.p/') ? 'root-differs' : 'tile-differs';
      expect(found).toMatchObject({ kind, path: expect.stringContaining(path) as string });
    }
  });

  it('are not believed under another root, and name the edge', async () => {
    const log = new GrownLog(entriesFor(300));
    expect(await faultOf(tilesOf(log, leafHash(Buffer.from('other'))).leaf(0))).toMatchObject({
      kind: 'root-differs',
      path: 'tile/0/001.p/44, tile/1/000.p/1',
      found: hexOf(log.root),
    });
  });

  it('are refused where one has not the width that the size asks for', async () => {
    const log = new GrownLog(entriesFor(300));
    log.put('tile/0/001.p/44', log.file('tile/0/001.p/44').slice(0, 43 * 32));
    expect(await faultOf(tilesOf(log).leaf(299))).toEqual({
      kind: 'tile-size',
      path: 'tile/0/001.p/44',
      expected: 44 * 32,
      found: 43 * 32,
    });
  });

  it('are asked for again after a reading failed', async () => {
    const log = new GrownLog(entriesFor(3));
    let failures = 1;
    const tiles = new AuthenticTiles({ size: 3, root: new Uint8Array(log.root) }, (path) =>
      failures-- > 0 ? Promise.reject(new Error('cut off')) : log.read(path),
    );
    await expect(tiles.leaf(0)).rejects.toThrow('cut off');
    expect(hexOf(await tiles.leaf(0))).toBe(hexOf(leafHash(log.entries[0] as Buffer)));
  });
});

describe('merklePath', () => {
  it.each(SIZES)('leads to the root of a log of %i entries, as the check of RFC 9162 says', async (size) => {
    const log = new GrownLog(entriesFor(size));
    const tiles = tilesOf(log);
    for (let at = 0; at < size; at += Math.max(1, Math.floor(size / 13))) {
      const leaf = leafHash(log.entries[at] as Buffer);
      const steps = await merklePath(new Uint8Array(leaf), at, tiles);
      const siblings = steps.map(({ sibling }) => Buffer.from(sibling));
      expect(provesInclusion(leaf, at, size, siblings, log.root)).toBe(true);
      expect(hexOf(steps.at(-1)?.parent ?? leaf)).toBe(hexOf(log.root));
    }
  });
});
