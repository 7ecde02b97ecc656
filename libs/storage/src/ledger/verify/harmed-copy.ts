import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bundlePath,
  decodeBundle,
  GrowingTree,
  leafHash,
  tilePath,
  tileWidth,
  TILE_WIDTH,
  type Checkpoint,
} from '@medserve/ledger';

const HASH_BYTES = 32;

/** Undefined where there is no such file. What cannot be read is not known to be harmed. */
const bytesAt = (path: string): Promise<Buffer | undefined> =>
  readFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });

/** Where a bundle first says otherwise than the hashes over it; retention takes bundles away, never a part of one. */
function firstOtherEntry(bundle: Buffer, hashes: readonly Buffer[]): number | undefined {
  let entries: readonly Buffer[];
  try {
    entries = decodeBundle(bundle);
  } catch {
    return 0;
  }
  const at = hashes.findIndex((hash, index) => !(entries[index] && leafHash(entries[index]).equals(hash)));
  if (at >= 0) return at;
  return entries.length === hashes.length ? undefined : hashes.length;
}

/** Whether a copy may lack a bundle of these entries, the last exclusive. */
export type MayLack = (begin: number, end: number) => boolean;

/**
 * The first entry of an exported copy that is not what its own checkpoint says, by its entries and the tiles over them, or that is
 * not there; undefined where the copy is whole.
 *
 * @param dir of the export, laid out as C2SP tlog-tiles
 */
export async function firstHarmed(
  dir: string,
  { size, root }: Checkpoint,
  mayLack: MayLack = () => false,
): Promise<number | undefined> {
  const tree = new GrowingTree(0, []);
  for (let begin = 0; begin < size; begin += TILE_WIDTH) {
    const place = { level: 0, index: begin / TILE_WIDTH };
    const width = tileWidth(size, place);
    const tile = await bytesAt(join(dir, tilePath(place, width)));
    if (tile?.length !== width * HASH_BYTES) return begin;
    const hashes = Array.from({ length: width }, (_, at) => tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
    const bundle = await bytesAt(join(dir, bundlePath(place.index, width)));
    if (bundle === undefined && !mayLack(begin, begin + width)) return begin;
    const other = bundle === undefined ? undefined : firstOtherEntry(bundle, hashes);
    if (other !== undefined) return begin + other;
    for (const { level, index, bytes } of tree.append(hashes)) {
      const isAtItsEnd = bytes.length === tileWidth(size, { level, index }) * HASH_BYTES;
      if (level === 0 || !isAtItsEnd) continue;
      const above = await bytesAt(join(dir, tilePath({ level, index }, bytes.length / HASH_BYTES)));
      if (above?.equals(bytes) !== true) return index * TILE_WIDTH ** (level + 1);
    }
  }
  // A tile and its bundle that were changed alike agree with each other, and the root tells.
  return tree.root().equals(root) ? undefined : 0;
}
