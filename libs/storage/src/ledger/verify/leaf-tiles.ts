import { TILE_WIDTH } from '@medserve/ledger';
import type { Queryable } from '../../database/database';

const HASH_BYTES = 32;

/** The tiles of the lowest level that hold the entries from `begin`, a multiple of 256, up to `end`, by their index. */
export async function readLeafTiles(
  client: Queryable,
  tenant: string,
  begin: number,
  end: number,
): Promise<ReadonlyMap<number, Buffer>> {
  const rows = await client.rows<{ index: string; bytes: Buffer }>({
    name: 'ledger-leaf-tiles',
    text: 'SELECT index, bytes FROM ledger_tile WHERE tenant = $1 AND level = 0 AND index >= $2 AND index < $3',
    values: [tenant, begin / TILE_WIDTH, Math.ceil(end / TILE_WIDTH)],
  });
  return new Map(rows.map(({ index, bytes }) => [Number(index), bytes]));
}

/**
 * The first place where a stored tile is not these hashes; undefined where it is. A hash that nobody knows is passed over where
 * the tile has one.
 */
export function firstDifference(hashes: readonly (Buffer | undefined)[], tile: Buffer): number | undefined {
  if (hashes.every((hash) => hash !== undefined) && Buffer.concat(hashes).equals(tile)) return undefined;
  const at = hashes.findIndex((hash, place) => {
    const stored = tile.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES);
    return stored.length !== HASH_BYTES || hash?.equals(stored) === false;
  });
  if (at >= 0) return at;
  return tile.length === hashes.length * HASH_BYTES ? undefined : hashes.length;
}
