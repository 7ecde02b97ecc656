import { ServingError } from '@medserve/errors';
import type { TileReader, TilePlace } from '@medserve/ledger';
import type { Database, Queryable } from '../database/database';

/** The tenant of the home itself: its log also holds what is no tenant's. */
export const HOME = 'home';

export interface LedgerState {
  /** Whose log it is. */
  readonly tenant: string;
  /** Name of the log, which is also the name of its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** Size of the newest checkpoint that was ever kept of it. */
  readonly signed: number;
  /** Entries before this one may be of any tenant: they are older than the logs of tenants. */
  readonly mixedUntil: number;
  /** Not extended: somebody outside knew more of it, or another. */
  readonly isHeld: boolean;
}

interface StateRow {
  readonly tenant: string;
  readonly origin: string;
  readonly size: string;
  readonly root: Buffer;
  readonly signed: string;
  readonly mixed_until: string;
  readonly is_held: boolean;
}

const STATE =
  'SELECT tenant, origin, size, root, signed, mixed_until, held_since IS NOT NULL AS is_held FROM ledger_state';

const stateOf = ({ mixed_until: mixedUntil, is_held: isHeld, size, signed, ...row }: StateRow): LedgerState => ({
  ...row,
  isHeld,
  size: Number(size),
  signed: Number(signed),
  mixedUntil: Number(mixedUntil),
});

/** One snapshot of the rows of one tenant, under the rights of a gateway as well. */
export const snapshotFor = <T>(
  database: Database,
  tenant: string,
  work: (client: Queryable) => Promise<T>,
): Promise<T> => database.forTenant(tenant, work, 'one snapshot');

/** @throws ServingError `not_found` where nothing was ever recorded of this tenant */
export async function readState(client: Queryable, tenant: string): Promise<LedgerState> {
  const [row] = await client.rows<StateRow>({ text: `${STATE} WHERE tenant = $1`, values: [tenant] });
  if (row === undefined) throw new ServingError('not_found', 'There is no log of this tenant.');
  return stateOf(row);
}

export async function readStates(client: Queryable): Promise<LedgerState[]> {
  return (await client.rows<StateRow>({ text: `${STATE} ORDER BY tenant`, values: [] })).map(stateOf);
}

/** Makes this transaction the only writer of these logs until it ends. Always in one order, so that two never wait in a ring. */
export async function lockStates(client: Queryable, tenants: readonly string[]): Promise<LedgerState[]> {
  const text = `${STATE} WHERE tenant = ANY($1::text[]) ORDER BY tenant FOR UPDATE`;
  return (await client.rows<StateRow>({ name: 'ledger-lock', text, values: [tenants] })).map(stateOf);
}

export async function readTile(client: Queryable, tenant: string, { level, index }: TilePlace): Promise<Buffer> {
  const rows = await client.rows<{ bytes: Buffer }>({
    text: 'SELECT bytes FROM ledger_tile WHERE tenant = $1 AND level = $2 AND index = $3',
    values: [tenant, level, index],
  });
  return rows[0]?.bytes ?? Buffer.alloc(0);
}

/** Reads tiles, each once. */
export function tileReader(client: Queryable, tenant: string): TileReader {
  const read = new Map<string, Promise<Buffer>>();
  return (place) => {
    const name = `${String(place.level)}/${String(place.index)}`;
    const known = read.get(name) ?? readTile(client, tenant, place);
    read.set(name, known);
    return known;
  };
}

export interface EntryRow {
  readonly index: number;
  readonly event: string;
  /** Null of what is about no request. */
  readonly request: string | null;
  readonly leaf: Buffer;
}

const ENTRIES = `
SELECT index, event, request, leaf FROM ledger_entry WHERE tenant = $1 AND index >= $2 AND index < $3 ORDER BY index`;

/** Entries of a log from `begin` up to `end`, in order. */
export async function readEntries(client: Queryable, tenant: string, begin: number, end: number): Promise<EntryRow[]> {
  const rows = await client.rows<Omit<EntryRow, 'index'> & { index: string }>({
    name: 'ledger-entries',
    text: ENTRIES,
    values: [tenant, begin, end],
  });
  return rows.map((row) => ({ ...row, index: Number(row.index) }));
}
