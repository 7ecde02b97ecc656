import type { EventMessage } from '@medserve/events';
import { leafHash, type GrowingTree, type Tile } from '@medserve/ledger';
import { byteaArray, uuidArray } from '../database/binary-array';
import type { Database, Queryable } from '../database/database';
import { UUID } from '../database/uuid';
import { identityOf } from './entry-identity';
import { ForkGuard, keepHeld } from './fork-guard';
import type { FreshEntry } from './fresh-entry';
import { HOME, lockStates, type LedgerState } from './ledger-rows';
import { hasMonth, LogsAndMonths, isTenant } from './logs-and-months';
import { parkedAs } from './park-event';
import { mayTell } from './reserved-events';
import { TreesAtHand } from './trees-at-hand';

export interface Appended {
  /** New entries, in all logs. */
  readonly count: number;
  /** Ids of messages that claim to be events and are not what was committed: somebody must look. */
  readonly refused: readonly string[];
  /** Ids of events that were committed and cannot be read: put aside, and told of in the log. */
  readonly parked: readonly string[];
  /** Tenants whose log is not extended: a copy outside is ahead of the database, or another. Their events wait. */
  readonly held: readonly string[];
}

interface Known {
  readonly event: string;
  readonly tenant: string | null;
  readonly request: string | null;
  readonly payload: Buffer | null;
  /** The role that committed it. */
  readonly teller: string | null;
  readonly leaf: Buffer | null;
  /** What was put aside as this event, earlier. */
  readonly parked: Buffer | null;
}

const KNOWN = `
SELECT claimed.event, outbox.tenant, outbox.request, outbox.payload, outbox.teller, ledger_entry.leaf,
  parked_event.payload AS parked
FROM unnest($1::uuid[]) WITH ORDINALITY AS claimed (event, place)
LEFT JOIN outbox USING (event) LEFT JOIN ledger_entry USING (event) LEFT JOIN parked_event USING (event) ORDER BY place`;

/** Entries, tiles, the new state, and the acknowledgement (the outbox row goes) in one statement. */
const WRITE = `
WITH entries AS (
  INSERT INTO ledger_entry (tenant, index, event, request, leaf)
  SELECT $10, $1::bigint + place - 1, event, request, leaf
  FROM unnest($2::uuid[], $3::uuid[], $4::bytea[]) WITH ORDINALITY AS fresh (event, request, leaf, place)
), tiles AS (
  INSERT INTO ledger_tile (tenant, level, index, bytes)
  SELECT $10, * FROM unnest($5::smallint[], $6::bigint[], $7::bytea[])
  ON CONFLICT (tenant, level, index) DO UPDATE SET bytes = EXCLUDED.bytes
), acknowledged AS (
  DELETE FROM outbox WHERE event = ANY($2::uuid[])
)
UPDATE ledger_state SET size = $8, root = $9 WHERE tenant = $10`;

/**
 * Appends events to the logs of their tenants: one writer of a log at a time, each event once, in the order of arrival.
 *
 * The transport is only a messenger. What becomes a leaf are the bytes that were committed with the request, from the
 * outbox, whose row also says whose log it is; a message that says otherwise is refused, and one that comes again finds its
 * event in the log. A batch is one transaction over as many logs as it touches.
 *
 * The transaction does not wait for the disk: were it lost in a crash, its outbox rows would be back as well. A checkpoint is
 * written after it and does wait, so nothing that was signed is ever lost.
 */
export class LedgerWriter {
  /** The trees as of this writer's last append; another writer may have been at work since. */
  private readonly trees = new TreesAtHand();
  private readonly places: LogsAndMonths;

  constructor(
    private readonly database: Database,
    readonly guard: ForkGuard = new ForkGuard(),
  ) {
    this.places = new LogsAndMonths(database);
  }

  async append(messages: readonly EventMessage[]): Promise<Appended> {
    const claimed = new Map(messages.flatMap(({ id, bytes }) => (UUID.test(id) ? [[id.toLowerCase(), bytes]] : [])));
    const nameless = messages.filter(({ id }) => !UUID.test(id)).map(({ id }) => id);
    try {
      const tenants = await this.places.prepare([...claimed.keys()]);
      const done = await this.database.transaction('row by row, not waiting for the disk', (client) =>
        this.appendIn(client, claimed, tenants),
      );
      return { ...done, refused: [...nameless, ...done.refused] };
    } catch (error) {
      this.trees.forget();
      this.places.forget();
      throw error;
    }
  }

  private async appendIn(
    client: Queryable,
    claimed: ReadonlyMap<string, Buffer>,
    tenants: readonly string[],
  ): Promise<Appended> {
    const states = tenants.length === 0 ? [] : await lockStates(client, tenants);
    const held: string[] = [];
    for (const state of states) {
      if (!(await this.guard.forbids(client, state))) continue;
      held.push(state.tenant);
      if (!state.isHeld) await keepHeld(client, state.tenant);
    }
    const known = await client.rows<Known>({
      name: 'ledger-known',
      text: KNOWN,
      values: [uuidArray([...claimed.keys()])],
    });
    const refused: string[] = [];
    const parked: string[] = [];
    const extended = states.filter(({ tenant }) => !held.includes(tenant));
    const byLog = new Map<string, FreshEntry[]>(extended.map(({ tenant }) => [tenant, []]));
    for (const row of known) {
      const { event, tenant, request, payload, leaf } = row;
      if ((leaf ?? payload ?? row.parked)?.equals(claimed.get(event) ?? Buffer.alloc(0)) !== true) {
        refused.push(event);
      } else if (leaf === null && payload !== null && tenant !== null) {
        const owner = isTenant(tenant) ? tenant : HOME;
        const log = byLog.get(owner);
        if (log === undefined) continue;
        if (isSound(row, payload)) {
          log.push({ event, request, leaf: payload });
        } else {
          parked.push(event);
          log.push(await parkedAs(client, event, owner));
        }
      }
    }
    let count = 0;
    for (const state of extended) {
      const fresh = byLog.get(state.tenant) ?? [];
      if (fresh.length > 0) count += await this.extend(client, state, fresh);
    }
    return { count, refused, parked, held };
  }

  private async extend(client: Queryable, state: LedgerState, fresh: readonly FreshEntry[]): Promise<number> {
    const tree = await this.trees.at(client, state);
    const tiles = tree.append(fresh.map(({ leaf }) => leafHash(leaf)));
    await client.rows({ name: 'ledger-write', text: WRITE, values: writeValues(state, fresh, tiles, tree) });
    return fresh.length;
  }
}

/** Whether what was committed is the event that its row names, of a month and a teller that can be. */
function isSound({ event, tenant, request, teller }: Known, payload: Buffer): boolean {
  const said = identityOf(payload);
  return (
    said?.id === event &&
    said.tenant === tenant &&
    said.request === request &&
    isTenant(said.tenant) &&
    hasMonth(event) &&
    mayTell(said.event, teller)
  );
}

function writeValues(
  state: LedgerState,
  fresh: readonly FreshEntry[],
  tiles: readonly Tile[],
  tree: GrowingTree,
): unknown[] {
  return [
    state.size,
    uuidArray(fresh.map(({ event }) => event)),
    uuidArray(fresh.map(({ request }) => request)),
    byteaArray(fresh.map(({ leaf }) => leaf)),
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
    byteaArray(tiles.map(({ bytes }) => bytes)),
    tree.size,
    tree.root(),
    state.tenant,
  ];
}
