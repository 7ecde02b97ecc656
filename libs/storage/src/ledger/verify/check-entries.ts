import { decodeEvent, isRecordEvent } from '@medserve/events';
import { leafHash, tilesOf, type GrowingTree, type Tile } from '@medserve/ledger';
import type { Queryable } from '../../database/database';
import { readTile, type EntryRow, type LedgerState } from '../ledger-rows';
import type { Problem } from './problem';

const HASH_BYTES = 32;

/** An entry holds the event that its columns name. */
function saysWhatItsColumnsSay({ event, request, leaf }: EntryRow): boolean {
  try {
    const decoded = decodeEvent(leaf);
    return decoded.id === event && (isRecordEvent(decoded) ? decoded.request : null) === request;
  } catch {
    return false;
  }
}

/** First place where two tiles differ, in hashes. */
function firstDifference(one: Buffer, other: Buffer): number | undefined {
  const hashes = Math.max(one.length, other.length) / HASH_BYTES;
  for (let at = 0; at < hashes; at += 1) {
    const [from, to] = [at * HASH_BYTES, (at + 1) * HASH_BYTES];
    if (!one.subarray(from, to).equals(other.subarray(from, to))) return at;
  }
  return undefined;
}

/** Goes through the entries in order and notes the first of each kind that is wrong. */
export class EntryCheck {
  readonly problems: Problem[] = [];
  /** False once an entry is missing: nothing after it has a place. */
  isDense = true;
  /** The tiles that follow from the entries so far and can still grow. */
  private readonly edge = new Map<number, Tile>();

  constructor(private readonly client: Queryable) {}

  async take(rows: readonly EntryRow[], tree: GrowingTree, end: number): Promise<void> {
    const begin = tree.size;
    const gap = rows.findIndex((row, at) => row.index !== begin + at);
    const dense = gap < 0 ? rows : rows.slice(0, gap);
    const odd = dense.find((row) => !saysWhatItsColumnsSay(row));
    if (odd !== undefined) this.note('entry', odd.index, 'The entry is not the event that its row names.');
    const leaves = dense.map(({ leaf }) => leafHash(leaf));
    // Tile by tile, so that each is compared in its final form.
    for (let at = 0; at < leaves.length;) {
      const room = 256 - (tree.size % 256);
      for (const tile of tree.append(leaves.slice(at, at + room))) await this.weigh(tile);
      at += room;
    }
    if (begin + dense.length < end) {
      this.isDense = false;
      this.note('entry', begin + dense.length, 'The entry is missing.');
    }
  }

  private async weigh(tile: Tile): Promise<void> {
    const isFull = tile.bytes.length === 256 * HASH_BYTES;
    if (isFull) {
      this.edge.delete(tile.level);
      await this.compare(tile);
    } else {
      this.edge.set(tile.level, tile);
    }
  }

  /** Compares what was still growing; with a gap behind it the log's edge cannot be told. */
  async finish(state: LedgerState): Promise<void> {
    if (!this.isDense) return;
    for (const tile of this.edge.values()) await this.compare(tile);
    const expected = [...tilesOf(state.size)].length;
    const rows = await this.client.rows<{ count: string }>({ text: 'SELECT count(*) FROM ledger_tile', values: [] });
    if (Number(rows[0]?.count) !== expected)
      this.problems.push({ kind: 'tile', detail: 'There are more or fewer tiles than the size asks for.' });
    const last = await this.client.rows<{ last: string | null }>({
      text: 'SELECT max(index) AS last FROM ledger_entry',
      values: [],
    });
    const beyond = Number(last[0]?.last ?? -1);
    if (beyond >= state.size) this.note('entry', state.size, 'There are entries beyond the size of the log.');
  }

  private async compare(tile: Tile): Promise<void> {
    const at = firstDifference(tile.bytes, await readTile(this.client, tile));
    if (at === undefined) return;
    const index = (tile.index * 256 + at) * 256 ** tile.level;
    const detail =
      tile.level === 0
        ? 'The entry is not the one that was appended here.'
        : 'The tile does not follow from the entries.';
    this.note(tile.level === 0 ? 'entry' : 'tile', index, detail);
  }

  private note(kind: Problem['kind'], index: number, detail: string): void {
    if (!this.problems.some((problem) => problem.kind === kind && problem.detail === detail)) {
      this.problems.push({ kind, index, detail });
    }
  }
}
