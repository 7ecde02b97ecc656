import { HASH_BYTES } from './hashing';

/** Hashes in a full tile, and entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;

/** Where a tile stands: its hashes are the roots of complete subtrees of height 8 x `level`. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

export interface Tile extends TilePlace {
  /** 1 to 256 hashes, one after the other. */
  readonly bytes: Buffer;
}

/** Number of complete subtrees of height 8 x `level` in a log of `size` entries. */
export const hashesAtLevel = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** level);

/** Width of tile `index` at `level` in a log of `size` entries; 0 when there is no such tile. */
export function tileWidth(size: number, { level, index }: TilePlace): number {
  return Math.max(0, Math.min(TILE_WIDTH, hashesAtLevel(size, level) - index * TILE_WIDTH));
}

/** All tiles of a log of `size` entries, lowest level first. */
export function* tilesOf(size: number): Generator<TilePlace> {
  for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) {
    const count = Math.ceil(hashesAtLevel(size, level) / TILE_WIDTH);
    for (let index = 0; index < count; index += 1) yield { level, index };
  }
}

export function hashesOf(bytes: Buffer): Buffer[] {
  const count = Math.floor(bytes.length / HASH_BYTES);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/** 1234067 is written x001/x234/067. */
function indexPath(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

const suffix = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${String(width)}`);

/** Path below the log's folder, `tile/<L>/<N>[.p/<W>]`. */
export function tilePath({ level, index }: TilePlace, width: number): string {
  return `tile/${String(level)}/${indexPath(index)}${suffix(width)}`;
}

/** Path below the log's folder, `tile/entries/<N>[.p/<W>]`. */
export const bundlePath = (index: number, width: number): string => `tile/entries/${indexPath(index)}${suffix(width)}`;
