import type { EventMessage } from '@medserve/events';
import { leafHash, type GrowingTree, type Tile } from '@medserve/ledger';
import type { Database, Queryable } from '../database/database';
import { identityOf } from './entry-identity';
import { ForkGuard } from './fork-guard';
import type { FreshEntry } from './fresh-entry';
import { HOME, lockStates, type LedgerState } from './ledger-rows';
import { LogsAndMonths, isTenant } from './logs-and-months';
import { parkedAs } from './park-event';
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
  readonly leaf: Buffer | null;
}

const KNOWN = `
SELECT claimed.event, outbox.tenant, outbox.request, outbox.payload, ledger_entry.leaf
FROM unnest($1::uuid[]) WITH ORDINALITY AS claimed (event, place)
LEFT JOIN outbox USING (event) LEFT JOIN ledger_entry USING (event) ORDER BY place`;

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

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
      const done = await this.database.transaction('read committed, not waiting for the disk', (client) =>
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
    const known = await client.rows<Known>({ name: 'ledger-known', text: KNOWN, values: [[...claimed.keys()]] });
    const refused: string[] = [];
    const parked: string[] = [];
    const byLog = new Map<string, FreshEntry[]>(states.map(({ tenant }) => [tenant, []]));
    for (const { event, tenant, request, payload, leaf } of known) {
      if ((leaf ?? payload)?.equals(claimed.get(event) ?? Buffer.alloc(0)) !== true) {
        refused.push(event);
      } else if (leaf === null && payload !== null && tenant !== null) {
        const said = identityOf(payload);
        const isSound = said?.id === event && said.tenant === tenant && said.request === request && isTenant(tenant);
        const log = byLog.get(isTenant(tenant) ? tenant : HOME);
        if (log === undefined) continue;
        if (!isSound) parked.push(event);
        log.push(
          isSound ? { event, request, leaf: payload } : await parkedAs(client, event, isTenant(tenant) ? tenant : HOME),
        );
      }
    }
    const held: string[] = [];
    let count = 0;
    for (const state of states) {
      const fresh = byLog.get(state.tenant) ?? [];
      if (fresh.length === 0) continue;
      if (await this.guard.forbids(client, state)) held.push(state.tenant);
      else count += await this.extend(client, state, fresh);
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

function writeValues(
  state: LedgerState,
  fresh: readonly FreshEntry[],
  tiles: readonly Tile[],
  tree: GrowingTree,
): unknown[] {
  return [
    state.size,
    fresh.map(({ event }) => event),
    fresh.map(({ request }) => request),
    fresh.map(({ leaf }) => leaf),
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
    tiles.map(({ bytes }) => bytes),
    tree.size,
    tree.root(),
    state.tenant,
  ];
}
