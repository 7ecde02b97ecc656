import { GrowingTree, leafHash, TILE_WIDTH, tilesOf, type Tile } from '@medserve/ledger';
import type { Queryable } from '../../database/database';
import { identityOf } from '../entry-identity';
import type { Progress } from '../export-log';
import { readEntries, readTile, type EntryRow, type LedgerState } from '../ledger-rows';
import { firstDifference, readLeafTiles } from './leaf-tiles';
import { Findings } from './problem';
import { KeyChain } from './key-chain';
import { isOfRetention, RetentionCheck, type Gap } from './check-retention';

/** Roots that follow from the entries, by the size of the log. */
export type RootAt = Map<number, Buffer>;

const PAGE = 16 * TILE_WIDTH;
const NOTHING = Buffer.alloc(32);

interface Page {
  readonly rows: readonly EntryRow[];
  /** Tiles of the lowest level, by index. */
  readonly tiles: ReadonlyMap<number, Buffer>;
  /** Where the next page begins. */
  readonly end: number;
}

/** Rebuilds a log from its entries, compares each tile with the one that is stored, and stops at sizes to note their roots. */
export class Replay {
  readonly findings = new Findings();
  readonly rootAt: RootAt = new Map();
  readonly retention: RetentionCheck;
  readonly keys: KeyChain;
  entries = 0;
  private readonly tree = new GrowingTree(0, []);
  /** Tiles above the leaves, in the form that follows from the entries so far. */
  private readonly upper = new Map<string, Tile>();
  private readonly gaps: Gap[] = [];
  private last: EntryRow | undefined;
  private readonly stops: number[];
  /** The next of them. */
  private stopAt = 0;

  constructor(
    private readonly client: Queryable,
    private readonly state: LedgerState,
    verifier: string,
    stops: readonly number[],
  ) {
    this.retention = new RetentionCheck(client, state.tenant);
    this.keys = new KeyChain(state.origin, verifier);
    this.stops = [...new Set([...stops.filter((size) => size <= state.size), state.size])].sort((a, b) => a - b);
    this.stop();
  }

  async run(told: Progress): Promise<void> {
    const { size } = this.state;
    let next = this.read(0);
    for (let begin = 0; begin < size; begin += PAGE) {
      const { rows, tiles, end } = await next;
      // The server reads the next page while this one is hashed.
      next = this.read(end);
      const hashes = this.hashesOf(rows, begin, end);
      this.weigh(hashes, tiles, begin);
      for (const [at, row] of rows.entries()) this.judge(row, rows[at - 1] ?? this.last);
      this.last = rows.at(-1);
      this.grow(hashes.map((hash, at) => hash ?? tileHash(tiles, begin + at)));
      told(end, size);
    }
    await next;
    await this.finish();
  }

  private async read(begin: number): Promise<Page> {
    const { size, tenant } = this.state;
    const end = Math.min(size, begin + PAGE);
    if (begin >= end) return { rows: [], tiles: new Map(), end };
    const [rows, tiles] = await Promise.all([
      readEntries(this.client, tenant, begin, end),
      readLeafTiles(this.client, tenant, begin, end),
    ]);
    return { rows, tiles, end };
  }

  /** Hash by place; a place without an entry has none. */
  private hashesOf(rows: readonly EntryRow[], begin: number, end: number): (Buffer | undefined)[] {
    const hashes = Array.from<Buffer | undefined>({ length: end - begin });
    for (const row of rows) {
      const at = row.index - begin;
      if (hashes[at] !== undefined) {
        this.findings.note({ kind: 'entry', index: row.index, detail: 'There are two entries in this place.' });
        continue;
      }
      hashes[at] = leafHash(row.leaf);
      this.entries += 1;
    }
    for (const [at, hash] of hashes.entries()) if (hash === undefined) this.noteGap(begin + at);
    return hashes;
  }

  /** An entry holds the event that its columns name, of the tenant whose log this is. */
  private judge({ index, event, request, leaf }: EntryRow, before: EntryRow | undefined): void {
    const { tenant, mixedUntil } = this.state;
    const said = identityOf(leaf);
    if (said?.id !== event || said.request !== request) {
      this.findings.note({ kind: 'entry', index, detail: 'The entry is not the event that its row names.' });
    } else if (said.tenant !== tenant && index >= mixedUntil) {
      this.findings.note({ kind: 'entry', index, detail: 'The entry is of another tenant.' });
    }
    if (said !== undefined && isOfRetention(said.event)) this.retention.take(index, leaf, before?.leaf);
    if (said?.event === 'signing_key_changed') this.keys.take(index, leaf);
  }

  private noteGap(index: number): void {
    const last = this.gaps.at(-1);
    if (last?.end === index) last.end += 1;
    else this.gaps.push({ begin: index, end: index + 1 });
  }

  private weigh(hashes: readonly (Buffer | undefined)[], tiles: ReadonlyMap<number, Buffer>, begin: number): void {
    for (let from = 0; from < hashes.length; from += TILE_WIDTH) {
      const row = hashes.slice(from, from + TILE_WIDTH);
      const at = firstDifference(row, tiles.get((begin + from) / TILE_WIDTH) ?? NOTHING.subarray(0, 0));
      if (at === undefined) continue;
      const detail =
        at < row.length ? 'The entry is not the one that was appended here.' : 'The tile is longer than the log.';
      this.findings.note({ kind: at < row.length ? 'entry' : 'tile', index: begin + from + at, detail });
    }
  }

  private grow(hashes: readonly Buffer[]): void {
    for (let at = 0; at < hashes.length;) {
      const room = (this.stops[this.stopAt] ?? Infinity) - this.tree.size;
      for (const tile of this.tree.append(hashes.slice(at, at + room))) {
        if (tile.level > 0) this.upper.set(`${String(tile.level)}/${String(tile.index)}`, tile);
      }
      at += room;
      this.stop();
    }
  }

  private stop(): void {
    while (this.stops[this.stopAt] === this.tree.size) {
      this.rootAt.set(this.tree.size, this.tree.root());
      this.stopAt += 1;
    }
  }

  private async finish(): Promise<void> {
    const { tenant, size, root } = this.state;
    for (const tile of this.upper.values()) await this.compare(tile);
    const [counts] = await this.client.rows<{ tiles: string; entries: string; above: string }>({
      text: COUNTS,
      values: [tenant, size],
    });
    if (Number(counts?.tiles) !== [...tilesOf(size)].length)
      this.findings.note({ kind: 'tile', detail: 'There are more or fewer tiles than the size asks for.' });
    if (Number(counts?.above) > 0)
      this.findings.note({ kind: 'entry', index: size, detail: 'There are entries beyond the size of the log.' });
    else if (Number(counts?.entries) > this.entries)
      this.findings.note({ kind: 'entry', index: 0, detail: 'There are entries outside of the log.' });
    if (this.rootAt.get(size)?.equals(root) === false)
      this.findings.note({ kind: 'root', detail: 'The root does not follow from the entries.' });
    await this.retention.finish(this.gaps, this.findings);
  }

  private async compare(tile: Tile): Promise<void> {
    const width = tile.bytes.length / NOTHING.length;
    const hashes = Array.from({ length: width }, (_, at) => tile.bytes.subarray(at * 32, (at + 1) * 32));
    const at = firstDifference(hashes, await readTile(this.client, this.state.tenant, tile));
    if (at === undefined) return;
    const index = (tile.index * TILE_WIDTH + at) * TILE_WIDTH ** tile.level;
    this.findings.note({ kind: 'tile', index, detail: 'The tile does not follow from the entries.' });
  }
}

const COUNTS = `
SELECT (SELECT count(*) FROM ledger_tile WHERE tenant = $1) AS tiles,
  count(*) AS entries, count(*) FILTER (WHERE index >= $2) AS above FROM ledger_entry WHERE tenant = $1`;

/** In place of an entry that is not there: what its tile remembers of it. */
function tileHash(tiles: ReadonlyMap<number, Buffer>, index: number): Buffer {
  const at = (index % TILE_WIDTH) * NOTHING.length;
  const hash = tiles.get(Math.floor(index / TILE_WIDTH))?.subarray(at, at + NOTHING.length);
  return hash?.length === NOTHING.length ? hash : NOTHING;
}
