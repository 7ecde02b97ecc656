import type { EventMessage } from '@medserve/events';
import { edgeOf, GrowingTree, leafHash, type Tile } from '@medserve/ledger';
import type { Database, Queryable } from '../database/database';
import { lockState, readTile, type LedgerState } from './ledger-rows';

export interface Appended {
  /** New entries. */
  readonly count: number;
  /** Entries of the log now. */
  readonly size: number;
  /** Ids of messages that claim to be events and are not what was committed: somebody must look. */
  readonly refused: readonly string[];
}

interface Known {
  readonly event: string;
  readonly request: string | null;
  readonly payload: Buffer | null;
  readonly leaf: Buffer | null;
}

const KNOWN = `
SELECT claimed.event, outbox.request, outbox.payload, ledger_entry.leaf
FROM unnest($1::uuid[]) WITH ORDINALITY AS claimed (event, place)
LEFT JOIN outbox USING (event) LEFT JOIN ledger_entry USING (event) ORDER BY place`;

/** Entries, tiles, the new state, and the acknowledgement (the outbox row goes) in one statement. */
const WRITE = `
WITH entries AS (
  INSERT INTO ledger_entry (index, event, request, leaf)
  SELECT $1::bigint + place - 1, event, request, leaf
  FROM unnest($2::uuid[], $3::uuid[], $4::bytea[]) WITH ORDINALITY AS fresh (event, request, leaf, place)
), tiles AS (
  INSERT INTO ledger_tile (level, index, bytes) SELECT * FROM unnest($5::smallint[], $6::bigint[], $7::bytea[])
  ON CONFLICT (level, index) DO UPDATE SET bytes = EXCLUDED.bytes
), acknowledged AS (
  DELETE FROM outbox WHERE event = ANY($2::uuid[])
)
UPDATE ledger_state SET size = $8, root = $9`;

/**
 * Appends events to the log: one writer at a time, each event once, in the order of arrival.
 *
 * The transport is only a messenger. What becomes a leaf are the bytes that were committed with the request, from the
 * outbox; a message that says otherwise is refused, and one that comes again finds its event in the log.
 *
 * The transaction does not wait for the disk: were it lost in a crash, its outbox rows would be back as well. A checkpoint is
 * written after it and does wait, so nothing that was signed is ever lost.
 */
export class LedgerWriter {
  /** The tree as of this writer's last append; another writer may have been at work since. */
  private tree: GrowingTree | undefined;

  constructor(private readonly database: Database) {}

  async append(messages: readonly EventMessage[]): Promise<Appended> {
    try {
      return await this.database.transaction('read committed, not waiting for the disk', (client) =>
        this.appendIn(client, messages),
      );
    } catch (error) {
      this.tree = undefined;
      throw error;
    }
  }

  private async appendIn(client: Queryable, messages: readonly EventMessage[]): Promise<Appended> {
    const state = await lockState(client);
    const claimed = new Map(messages.map(({ id, bytes }) => [id, bytes]));
    const known = await client.rows<Known>({ name: 'ledger-known', text: KNOWN, values: [[...claimed.keys()]] });
    const refused = known
      .filter(({ event, payload, leaf }) => !(leaf ?? payload)?.equals(claimed.get(event) ?? Buffer.alloc(0)))
      .map(({ event }) => event);
    const fresh = known.flatMap(({ event, request, payload, leaf }) =>
      leaf === null && payload !== null && !refused.includes(event) ? [{ event, request, payload }] : [],
    );
    if (fresh.length === 0) return { count: 0, size: state.size, refused };
    const tree = await this.treeAt(client, state);
    const tiles = tree.append(fresh.map(({ payload }) => leafHash(payload)));
    await client.rows({ name: 'ledger-write', text: WRITE, values: writeValues(state, fresh, tiles, tree) });
    return { count: fresh.length, size: tree.size, refused };
  }

  private async treeAt(client: Queryable, { size, root }: LedgerState): Promise<GrowingTree> {
    if (this.tree?.size === size && this.tree.root().equals(root)) return this.tree;
    const edge = await Promise.all(
      edgeOf(size).map(async (place) => ({ ...place, bytes: await readTile(client, place) })),
    );
    const tree = new GrowingTree(size, edge);
    if (!tree.root().equals(root)) throw new Error('The ledger was changed: its tiles do not lead to its root.');
    this.tree = tree;
    return tree;
  }
}

function writeValues(
  state: LedgerState,
  fresh: readonly { event: string; request: string | null; payload: Buffer }[],
  tiles: readonly Tile[],
  tree: GrowingTree,
): unknown[] {
  return [
    state.size,
    fresh.map(({ event }) => event),
    fresh.map(({ request }) => request),
    fresh.map(({ payload }) => payload),
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
    tiles.map(({ bytes }) => bytes),
    tree.size,
    tree.root(),
  ];
}
