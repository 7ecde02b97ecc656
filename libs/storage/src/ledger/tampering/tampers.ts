import { edgeOf, GrowingTree, leafHash, type Tile } from '@medserve/ledger';
import type { Queryable } from '../../database/database';
import { readEntries } from '../ledger-rows';

/** A number from 0 up to `below`, from a seed: a failure can be had again. */
export type Dice = (below: number) => number;

/** mulberry32 */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export interface Target {
  readonly client: Queryable;
  readonly size: number;
  readonly roll: Dice;
}

/** What has to be told of a tamper: the place of the first bad entry, or only that something is wrong. */
export type Found = { readonly index: number } | { readonly kind: string };

export type Tamper = (target: Target) => Promise<Found>;

const run = (client: Queryable, text: string, ...values: unknown[]) => client.rows({ text, values });

const FLIP = `
UPDATE ledger_entry SET leaf = set_byte(leaf, $2 % length(leaf), get_byte(leaf, $2 % length(leaf)) # $3)
WHERE tenant = 'local' AND index = $1`;

/** Moves entries by one, past the index that keeps places apart. */
async function move(client: Queryable, from: number, by: 1 | -1): Promise<void> {
  await run(client, `UPDATE ledger_entry SET index = -index - 1000000 WHERE tenant = 'local' AND index >= $1`, from);
  const back = `UPDATE ledger_entry SET index = -(index + 1000000) + $1 WHERE tenant = 'local' AND index < -999999`;
  await run(client, back, by);
}

const COPY = `
INSERT INTO ledger_entry (tenant, index, event, request, leaf)
SELECT tenant, $2::bigint, ((left(event::text, 24) || right(md5(event::text || $2::bigint::text), 12))::uuid), request, leaf
FROM ledger_entry WHERE tenant = 'local' AND index = $1`;

/** What leads from these entries to a root, as a writer would have it. */
async function rebuilt(client: Queryable, size: number, forged?: { index: number; leaf: Buffer }) {
  const rows = await readEntries(client, 'local', 0, size);
  const hashes = rows.map(({ index, leaf }) => leafHash(index === forged?.index ? forged.leaf : leaf));
  const tree = new GrowingTree(0, []);
  const tiles: Tile[] = [];
  for (let at = 0; at < hashes.length; at += 256) tiles.push(...tree.append(hashes.slice(at, at + 256)));
  return { tree, tiles: new Map(tiles.map((tile) => [`${String(tile.level)}/${String(tile.index)}`, tile])) };
}

async function putTiles(client: Queryable, tiles: Iterable<Tile>): Promise<void> {
  for (const { level, index, bytes } of tiles)
    await run(
      client,
      `UPDATE ledger_tile SET bytes = $3 WHERE tenant = 'local' AND level = $1 AND index = $2`,
      level,
      index,
      bytes,
    );
}

/** By name; each is done as a superuser, with the triggers off. */
export const TAMPERS: Readonly<Record<string, Tamper>> = {
  'a byte of an entry is changed': async ({ client, size, roll }) => {
    const index = roll(size);
    await run(client, FLIP, index, roll(400), 1 + roll(255));
    return { index };
  },
  'two entries change places': async ({ client, size, roll }) => {
    const first = roll(size - 1);
    const second = first + 1 + roll(size - first - 1);
    const place = `UPDATE ledger_entry SET index = $2 WHERE tenant = 'local' AND index = $1`;
    await run(client, place, first, -1);
    await run(client, place, second, first);
    await run(client, place, -1, second);
    return { index: first };
  },
  'the bytes of two entries are exchanged': async ({ client, size, roll }) => {
    const first = roll(size - 1);
    const second = first + 1 + roll(size - first - 1);
    await run(
      client,
      `UPDATE ledger_entry AS one SET leaf = other.leaf FROM ledger_entry AS other
       WHERE one.tenant = 'local' AND other.tenant = 'local' AND (one.index, other.index) IN (($1, $2), ($2, $1))`,
      first,
      second,
    );
    return { index: first };
  },
  'an entry is deleted': async ({ client, size, roll }) => {
    const index = roll(size);
    await run(client, `DELETE FROM ledger_entry WHERE tenant = 'local' AND index = $1`, index);
    return { index };
  },
  'an entry is deleted and the others move up': async ({ client, size, roll }) => {
    const index = roll(size);
    await run(client, `DELETE FROM ledger_entry WHERE tenant = 'local' AND index = $1`, index);
    await move(client, index + 1, -1);
    return { index };
  },
  'an entry is put in between': async ({ client, size, roll }) => {
    const index = roll(size);
    await move(client, index, 1);
    await run(client, COPY, index === 0 ? 1 : index - 1, index);
    return { index };
  },
  'an entry is there twice': async ({ client, size, roll }) => {
    await run(client, COPY, roll(size), size);
    return { index: size };
  },
  'a run of entries is turned round': async ({ client, size, roll }) => {
    const first = roll(size - 1);
    const last = Math.min(size - 1, first + 1 + roll(50));
    await run(
      client,
      `UPDATE ledger_entry SET index = -index - 1 WHERE tenant = 'local' AND index BETWEEN $1 AND $2`,
      first,
      last,
    );
    await run(
      client,
      `UPDATE ledger_entry SET index = $1::bigint + $2::bigint + index + 1 WHERE tenant = 'local' AND index < 0`,
      first,
      last,
    );
    return { index: first };
  },
  'the end is cut off, with tiles, state and checkpoints': async ({ client, size, roll }) => {
    const left = size - 1 - roll(Math.min(size - 1, 300));
    const { tree, tiles } = await rebuilt(client, left);
    await run(client, `DELETE FROM ledger_entry WHERE tenant = 'local' AND index >= $1`, left);
    await run(client, `DELETE FROM ledger_tile WHERE tenant = 'local'`);
    for (const { level, index, bytes } of tiles.values())
      await run(
        client,
        `INSERT INTO ledger_tile (tenant, level, index, bytes) VALUES ('local', $1, $2, $3)`,
        level,
        index,
        bytes,
      );
    await run(client, `DELETE FROM ledger_checkpoint WHERE tenant = 'local' AND size > $1`, left);
    await run(client, `UPDATE ledger_state SET size = $1, root = $2 WHERE tenant = 'local'`, left, tree.root());
    return { kind: 'request' };
  },
  'a byte of a tile is changed': async ({ client, size, roll }) => {
    const index = roll(size);
    const at = (index % 256) * 32 + roll(32);
    await run(
      client,
      `UPDATE ledger_tile SET bytes = set_byte(bytes, $2, get_byte(bytes, $2) # $3) WHERE tenant = 'local' AND level = 0 AND index = $1`,
      Math.floor(index / 256),
      at,
      1 + roll(255),
    );
    return { index };
  },
  'a tile is deleted': async ({ client, size, roll }) => {
    const tile = roll(Math.ceil(size / 256));
    await run(client, `DELETE FROM ledger_tile WHERE tenant = 'local' AND level = 0 AND index = $1`, tile);
    return { index: tile * 256 };
  },
  'an upper tile is changed': async ({ client, size, roll }) => {
    const tile = roll(Math.floor(size / 256) || 1);
    await run(
      client,
      `UPDATE ledger_tile SET bytes = set_byte(bytes, $1, get_byte(bytes, $1) # 1) WHERE tenant = 'local' AND level = 1 AND index = 0`,
      (tile % 256) * 32 + roll(32),
    );
    return { index: (tile % 256) * 256 };
  },
  'an entry is rewritten, and all tiles and the state with it': async ({ client, size, roll }) => {
    const index = roll(size);
    const [row] = await readEntries(client, 'local', index, index + 1);
    const leaf = Buffer.from((row?.leaf.toString() ?? '').replace('"key-1"', '"key-2"'));
    const { tree, tiles } = await rebuilt(client, size, { index, leaf });
    await run(client, `UPDATE ledger_entry SET leaf = $2 WHERE tenant = 'local' AND index = $1`, index, leaf);
    await putTiles(client, tiles.values());
    await run(client, `UPDATE ledger_state SET root = $1 WHERE tenant = 'local'`, tree.root());
    // No tile tells any more; the last checkpoint that is still true does.
    const text = `SELECT coalesce(max(size), 0) AS size FROM ledger_checkpoint WHERE tenant = 'local' AND size <= $1`;
    const [agreed] = await client.rows<{ size: string }>({ text, values: [index] });
    return { index: Number(agreed?.size) };
  },
  'a checkpoint is changed': async ({ client, size, roll }) => {
    const change = [
      `UPDATE ledger_checkpoint SET root = set_byte(root, $1, get_byte(root, $1) # 1) WHERE tenant = 'local' AND size = $2`,
      `UPDATE ledger_checkpoint SET note = overlay(note PLACING '!' FROM 60 + $1) WHERE tenant = 'local' AND size = $2`,
      `UPDATE ledger_checkpoint SET note = left(note, 20 + $1) WHERE tenant = 'local' AND size = $2`,
    ][roll(3)];
    await run(client, change ?? '', roll(32), size);
    return { kind: 'checkpoint' };
  },
  'the state is changed': async ({ client, size, roll }) => {
    const isRoot = roll(2) === 0;
    if (isRoot) await run(client, `UPDATE ledger_state SET root = sha256('x') WHERE tenant = 'local'`);
    else await run(client, `UPDATE ledger_state SET size = size - 1 WHERE tenant = 'local'`);
    return isRoot ? { kind: 'root' } : { index: size - 1 };
  },
  'a row names another event': async ({ client, size, roll }) => {
    const index = roll(size);
    const event = `((left(event::text, 24) || right(md5(event::text), 12))::uuid)`;
    await run(client, `UPDATE ledger_entry SET event = ${event} WHERE tenant = 'local' AND index = $1`, index);
    return { index };
  },
  'a row names another request': async ({ client, size, roll }) => {
    const index = roll(size);
    const text = `UPDATE ledger_entry SET request = gen_random_uuid() WHERE tenant = 'local' AND index = $1`;
    await run(client, text, index);
    return { index };
  },
  'a request is deleted': async ({ client, size, roll }) => {
    const index = roll(size);
    const text = `DELETE FROM request WHERE id = (SELECT request FROM ledger_entry WHERE tenant = 'local' AND index = $1)`;
    await run(client, text, index);
    return { index: index - (index % 2) };
  },
  'a request names another event': async ({ client, size, roll }) => {
    const index = roll(size);
    await run(
      client,
      `UPDATE request SET accepted_event = gen_random_uuid()
       WHERE id = (SELECT request FROM ledger_entry WHERE tenant = 'local' AND index = $1)`,
      index,
    );
    return { kind: 'request' };
  },
  'an answer is changed': async ({ client, size, roll }) => {
    await run(
      client,
      `UPDATE request SET result = result || 'x' WHERE id = (SELECT request FROM ledger_entry WHERE tenant = 'local' AND index = $1)`,
      roll(size),
    );
    return { kind: 'result' };
  },
};

/** Changes that are none: whatever finds something in them finds too much. */
export const NO_TAMPERS: Readonly<Record<string, (target: Target) => Promise<unknown>>> = {
  'nothing is done': () => Promise.resolve(),
  'an entry is written again as it is': ({ client, size, roll }) =>
    run(client, `UPDATE ledger_entry SET leaf = leaf WHERE tenant = 'local' AND index = $1`, roll(size)),
  'tiles and state are rebuilt from the entries': async ({ client, size }) => {
    const { tree, tiles } = await rebuilt(client, size);
    await putTiles(client, tiles.values());
    await run(client, `UPDATE ledger_state SET root = $1 WHERE tenant = 'local'`, tree.root());
    expect(edgeOf(tree.size)).toEqual(edgeOf(size));
  },
};
