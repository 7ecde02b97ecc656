import { ServingError } from '@medserve/errors';
import { decodeEvent, type LedgerEvent } from '@medserve/events';
import { encodeBundle, leafHash, TILE_WIDTH, tileWidth, type TilePlace } from '@medserve/ledger';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import { latestCheckpoint } from '../ledger/checkpoints';
import { HOME } from '../ledger/ledger-rows';
import { indexLog } from './index-log';
import { searchStatement, type AuditQuery } from './search';

/** An entry as it stands in the log. */
export interface AuditEntry {
  readonly sequence: number;
  /** Leaf hash (RFC 6962), in hex. */
  readonly hash: string;
  /** The bytes that are hashed: canonical JSON. */
  readonly leaf: Buffer;
  readonly event: LedgerEvent;
}

/** An entry about a request. */
export interface RequestEntry extends AuditEntry {
  /** Whether its place is one in the log of the tenant; else it is in the home's, where it stood before the tenant had one. */
  readonly isInOwnLog: boolean;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Where the next page begins; absent: this was the last. */
  readonly before?: number;
}

export interface LogHead {
  /** Name of the log. */
  readonly origin: string;
  readonly size: number;
}

interface EntryRow {
  readonly sequence: string;
  readonly leaf: Buffer;
}

const entryOf = ({ sequence, leaf }: EntryRow): AuditEntry => ({
  sequence: Number(sequence),
  hash: leafHash(leaf).toString('hex'),
  leaf,
  event: decodeEvent(leaf),
});

/** How long a search takes entries into the index before it asks the caller to come again. */
const INDEXING_MS = 3_000;

const BEHIND = 'The index of the log is being made.';

/** What one tenant may read of its log: entries, found and in order, and the log as tiles, straight from what was stored. */
export class AuditReader {
  constructor(private readonly database: Database) {}

  /** The log of a tenant; undefined before its first entry. */
  head(tenant: string): Promise<LogHead | undefined> {
    return this.read(tenant, (client) => headOf(client, tenant));
  }

  /**
   * @throws ServingError `unavailable` while many entries are not in the index yet: each try takes it further
   */
  async search(tenant: string, query: AuditQuery): Promise<AuditPage> {
    const head = await this.head(tenant);
    if (head === undefined) return { entries: [] };
    await this.indexed(tenant, head.size);
    const rows = await this.read(tenant, (client) => client.rows<EntryRow>(searchStatement(tenant, query)));
    const entries = rows.slice(0, query.limit).map(entryOf);
    const last = entries.at(-1);
    return rows.length > query.limit && last !== undefined ? { entries, before: last.sequence } : { entries };
  }

  /** Entries from `begin` up to `end`, in order. */
  async entries(tenant: string, begin: number, end: number): Promise<AuditEntry[]> {
    return (await this.read(tenant, (client) => rowsOf(client, tenant, begin, end))).map(entryOf);
  }

  /** The entries about a request, in order: what is older than the log of the tenant stands in the home's, at its place there. */
  async ofRequest(tenant: string, request: string): Promise<RequestEntry[]> {
    const rows = await this.read(tenant, (client) =>
      client.rows<EntryRow & { readonly own: boolean }>({ text: OF_REQUEST, values: [tenant, request, HOME] }),
    );
    return rows.map((row) => ({ ...entryOf(row), isInOwnLog: row.own }));
  }

  /** An entry about a request, by the id of its event; undefined where the log of the tenant has none. */
  async ofEvent(tenant: string, event: string): Promise<AuditEntry | undefined> {
    const rows = await this.read(tenant, (client) =>
      client.rows<EntryRow>({ text: OF_EVENT, values: [tenant, event] }),
    );
    return rows.map(entryOf)[0];
  }

  /** The newest signed checkpoint, with its witnesses' lines; undefined before the first. */
  checkpoint(tenant: string): Promise<string | undefined> {
    return this.read(tenant, (client) => latestCheckpoint(client, tenant));
  }

  /** The key that signs the log, in note form; undefined before the first checkpoint. */
  verifier(tenant: string): Promise<string | undefined> {
    const text = 'SELECT verifier FROM ledger_key WHERE tenant = $1 ORDER BY first_used_at DESC LIMIT 1';
    return this.read(
      tenant,
      async (client) => (await client.rows<{ verifier: string }>({ text, values: [tenant] }))[0]?.verifier,
    );
  }

  /** The first `width` hashes of a tile; undefined where what is signed does not reach so far. */
  tile(tenant: string, place: TilePlace, width: number): Promise<Buffer | undefined> {
    return this.read(tenant, async (client) => {
      if (tileWidth(await signedSize(client, tenant), place) < width) return undefined;
      const text = 'SELECT bytes FROM ledger_tile WHERE tenant = $1 AND level = $2 AND index = $3';
      const rows = await client.rows<{ bytes: Buffer }>({ text, values: [tenant, place.level, place.index] });
      return rows[0]?.bytes.subarray(0, width * HASH_BYTES);
    });
  }

  /**
   * The first `width` entries of a bundle; undefined where what is signed does not reach so far, or they are no longer there, or one
   * of them is of another tenant: the log of the home begins with what was everybody's, and a bundle is given whole or not at all.
   */
  bundle(tenant: string, index: number, width: number): Promise<Buffer | undefined> {
    return this.read(tenant, async (client) => {
      const begin = index * TILE_WIDTH;
      if (begin + width > (await signedSize(client, tenant))) return undefined;
      const rows = await rowsOf(client, tenant, begin, begin + width);
      const isOwn = rows.length === width && rows.every((row) => entryOf(row).event.tenant === tenant);
      return isOwn ? encodeBundle(rows.map(({ leaf }) => leaf)) : undefined;
    });
  }

  private async indexed(tenant: string, size: number): Promise<void> {
    const untilMs = performance.now() + INDEXING_MS;
    do {
      if ((await this.read(tenant, (client) => indexLog(client, tenant, size))) >= size) return;
    } while (performance.now() < untilMs);
    throw new ServingError('unavailable', BEHIND, { retryAfterMs: 1_000 });
  }

  private read<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return orUnavailable(this.database.forTenant(tenant, work));
  }
}

const HASH_BYTES = 32;

const OF_REQUEST = `
SELECT index AS sequence, leaf, tenant = $1 AS own FROM ledger_entry
WHERE tenant IN ($1, $3) AND request = $2 AND EXISTS (SELECT FROM request WHERE request.id = $2 AND request.tenant = $1)
ORDER BY tenant <> $3, index`;

const OF_EVENT = `
SELECT index AS sequence, leaf FROM ledger_entry WHERE tenant = $1 AND event = $2 AND request IS NOT NULL`;

async function headOf(client: Queryable, tenant: string): Promise<LogHead | undefined> {
  const text = 'SELECT origin, size FROM ledger_state WHERE tenant = $1';
  const [row] = await client.rows<{ origin: string; size: string }>({ text, values: [tenant] });
  return row === undefined ? undefined : { origin: row.origin, size: Number(row.size) };
}

/**
 * How far the log is signed. What is behind it can still be appended anew, in another order, after a crash of the database; who
 * was shown it once would call the log forked.
 */
async function signedSize(client: Queryable, tenant: string): Promise<number> {
  const text = 'SELECT max(size) AS size FROM ledger_checkpoint WHERE tenant = $1';
  const [row] = await client.rows<{ size: string | null }>({ text, values: [tenant] });
  return Number(row?.size ?? 0);
}

const rowsOf = (client: Queryable, tenant: string, begin: number, end: number): Promise<EntryRow[]> =>
  client.rows<EntryRow>({
    text: 'SELECT index AS sequence, leaf FROM ledger_entry WHERE tenant = $1 AND index >= $2 AND index < $3 ORDER BY index',
    values: [tenant, begin, end],
  });
