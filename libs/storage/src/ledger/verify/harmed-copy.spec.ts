import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundlePath, encodeBundle, GrowingTree, leafHash, tilePath, type Checkpoint } from '@medserve/ledger';
import { firstHarmed } from './harmed-copy';

const SIZE = 256 + 44;
const LEAF_TILE = tilePath({ level: 0, index: 0 }, 256);
const LAST_TILE = tilePath({ level: 0, index: 1 }, 44);
const UPPER_TILE = tilePath({ level: 1, index: 0 }, 1);
const LAST_BUNDLE = bundlePath(1, 44);

describe('a copy that was kept outside', () => {
  let dir: string;
  let checkpoint: Checkpoint;

  const write = (path: string, bytes: Buffer): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), bytes);
  };
  const flip = (path: string, at: number): void => {
    const bytes = readFileSync(join(dir, path));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    write(path, bytes);
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'medserve-copy-'));
    const entries = Array.from({ length: SIZE }, (_, at) => Buffer.from(`entry ${String(at)}`));
    const tree = new GrowingTree(0, []);
    for (const { level, index, bytes } of tree.append(entries.map(leafHash)))
      write(tilePath({ level, index }, bytes.length / 32), bytes);
    write(bundlePath(0, 256), encodeBundle(entries.slice(0, 256)));
    write(LAST_BUNDLE, encodeBundle(entries.slice(256)));
    checkpoint = { origin: 'x', size: SIZE, root: tree.root() };
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('is whole, also where it lacks a bundle that retention took away', async () => {
    expect(await firstHarmed(dir, checkpoint)).toBeUndefined();
    rmSync(join(dir, LAST_BUNDLE));
    expect(await firstHarmed(dir, checkpoint, (begin, end) => begin === 256 && end === SIZE)).toBeUndefined();
  });

  it.each([
    [
      'a letter of an entry',
      258,
      () => {
        flip(LAST_BUNDLE, 2 * 11 + 4);
      },
    ],
    [
      'a bundle that is cut off',
      256,
      () => {
        write(LAST_BUNDLE, Buffer.from([0, 9, 1]));
      },
    ],
    [
      'an entry behind the last',
      SIZE,
      () => {
        write(LAST_BUNDLE, Buffer.concat([readFileSync(join(dir, LAST_BUNDLE)), Buffer.from([0, 1, 1])]));
      },
    ],
    [
      'a hash of a tile',
      7,
      () => {
        flip(LEAF_TILE, 7 * 32);
      },
    ],
    [
      'a tile that is gone',
      256,
      () => {
        rmSync(join(dir, LAST_TILE));
      },
    ],
    [
      'a tile that is too short',
      0,
      () => {
        write(LEAF_TILE, Buffer.alloc(32));
      },
    ],
    [
      'a hash above the leaves',
      0,
      () => {
        flip(UPPER_TILE, 3);
      },
    ],
    [
      'a bundle that is gone',
      256,
      () => {
        rmSync(join(dir, LAST_BUNDLE));
      },
    ],
    [
      'all its bundles that are gone',
      0,
      () => {
        rmSync(join(dir, 'tile', 'entries'), { recursive: true });
      },
    ],
    [
      'all its tiles that are gone',
      0,
      () => {
        rmSync(join(dir, 'tile'), { recursive: true });
      },
    ],
  ])('is harmed by %s', async (_what, index, harm) => {
    harm();
    expect(await firstHarmed(dir, checkpoint)).toBe(index);
  });

  it('is harmed by a tile that nothing else is held against, by the root', async () => {
    rmSync(join(dir, LAST_BUNDLE));
    flip(LAST_TILE, 0);
    expect(await firstHarmed(dir, checkpoint, () => true)).toBe(0);
  });
});
