import type { TileReader, TilePlace } from '@medserve/ledger';
import type { Queryable } from '../database/database';

export interface LedgerState {
  /** Name of the log, which is also the name of its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

const STATE = 'SELECT origin, size, root FROM ledger_state';

async function readStateBy(client: Queryable, text: string): Promise<LedgerState> {
  const rows = await client.rows<{ origin: string; size: string; root: Buffer }>({ text, values: [] });
  const row = rows[0];
  if (row === undefined) throw new Error('The ledger has no state row: run the migrations.');
  return { origin: row.origin, size: Number(row.size), root: row.root };
}

export const readState = (client: Queryable): Promise<LedgerState> => readStateBy(client, STATE);

/** Makes this transaction the only writer until it ends. */
export const lockState = (client: Queryable): Promise<LedgerState> => readStateBy(client, `${STATE} FOR UPDATE`);

export async function readTile(client: Queryable, { level, index }: TilePlace): Promise<Buffer> {
  const rows = await client.rows<{ bytes: Buffer }>({
    text: 'SELECT bytes FROM ledger_tile WHERE level = $1 AND index = $2',
    values: [level, index],
  });
  return rows[0]?.bytes ?? Buffer.alloc(0);
}

/** Reads tiles, each once. */
export function tileReader(client: Queryable): TileReader {
  const read = new Map<string, Promise<Buffer>>();
  return (place) => {
    const name = `${String(place.level)}/${String(place.index)}`;
    const known = read.get(name) ?? readTile(client, place);
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

/** Entries from `begin` up to `end`, in order. */
export async function readEntries(client: Queryable, begin: number, end: number): Promise<EntryRow[]> {
  const rows = await client.rows<Omit<EntryRow, 'index'> & { index: string }>({
    text: 'SELECT index, event, request, leaf FROM ledger_entry WHERE index >= $1 AND index < $2 ORDER BY index',
    values: [begin, end],
  });
  return rows.map((row) => ({ ...row, index: Number(row.index) }));
}
