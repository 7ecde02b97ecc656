import type { Bytes } from './bytes';
import { HASH_BYTES } from './hashing';
import { ProofError } from './proof-error';

/** Hashes in a full tile, and entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;

/** Where a tile stands: its hashes are the roots of complete subtrees of height 8 x `level`. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

/** How many complete subtrees of height 8 x `level` a log of `size` entries has. */
export const hashesAtLevel = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** level);

/** Width of a tile in a log of `size` entries; 0 where there is none. */
export const tileWidth = (size: number, { level, index }: TilePlace): number =>
  Math.max(0, Math.min(TILE_WIDTH, hashesAtLevel(size, level) - index * TILE_WIDTH));

/** 1234067 is written x001/x234/067. */
function indexPath(index: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at + 1 < groups.length ? `x${group}` : group)).join('/');
}

const suffix = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${String(width)}`);

export const tilePath = ({ level, index }: TilePlace, width: number): string =>
  `tile/${String(level)}/${indexPath(index)}${suffix(width)}`;

export const bundlePath = (index: number, width: number): string => `tile/entries/${indexPath(index)}${suffix(width)}`;

/** Takes a tile apart. @throws ProofError `tile-size` where it has not exactly `width` hashes */
export function hashesOf(bytes: Bytes, width: number, path: string): Bytes[] {
  if (bytes.length !== width * HASH_BYTES) {
    throw new ProofError({ kind: 'tile-size', path, expected: width * HASH_BYTES, found: bytes.length });
  }
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/**
 * Takes an entry bundle apart: each entry stands behind its length, a big-endian uint16.
 *
 * @throws ProofError `bundle-cut`, or `bundle-count` where it has not exactly `width` entries
 */
export function entriesOf(bundle: Bytes, width: number, path: string): Bytes[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Bytes[] = [];
  for (let at = 0; at < bundle.length;) {
    const begin = at + 2;
    const end = begin <= bundle.length ? begin + view.getUint16(at) : Infinity;
    if (end > bundle.length) throw new ProofError({ kind: 'bundle-cut', path });
    entries.push(bundle.subarray(begin, end));
    at = end;
  }
  if (entries.length !== width) {
    throw new ProofError({ kind: 'bundle-count', path, expected: width, found: entries.length });
  }
  return entries;
}
