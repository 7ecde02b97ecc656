import { base64Of, fromBase64, type Bytes } from './bytes';
import type { Checkpoint } from './checkpoint';

/** What a browser remembers of a log: nothing of anybody who is in it. */
export interface Remembered {
  readonly size: number;
  readonly root: Bytes;
  /** The verifier key that was seen first, in note form. */
  readonly key: string;
}

/** Where it is kept: `localStorage`. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

const STORAGE = 'medserve.logs';
/** Logs that are remembered; of more, the one that was seen last longest ago is forgotten. */
const LOGS = 32;

type Row = readonly [origin: string, size: number, root: string, key: string];

const isRow = (row: unknown): row is Row =>
  Array.isArray(row) &&
  row.length === 4 &&
  typeof row[0] === 'string' &&
  Number.isSafeInteger(row[1]) &&
  typeof row[2] === 'string' &&
  typeof row[3] === 'string';

/**
 * What this browser knows of logs from before. It is what catches one that was written anew: whoever holds the key can sign any
 * history, but not make a browser forget the other one.
 */
export class LogMemory {
  constructor(private readonly shelf: Shelf) {}

  recall(origin: string): Remembered | undefined {
    const [, size, encoded, key] = this.rows().find(([known]) => known === origin) ?? [];
    const root = encoded === undefined ? undefined : fromBase64(encoded);
    return size === undefined || root === undefined || key === undefined ? undefined : { size, root, key };
  }

  /** Keeps the newest checkpoint of a log, and the first of its keys. */
  keep({ origin, size, root }: Checkpoint, key: string): void {
    const first = this.recall(origin)?.key ?? key;
    this.write([[origin, size, base64Of(root), first], ...this.others(origin)]);
  }

  forget(origin: string): void {
    this.write(this.others(origin));
  }

  private others(origin: string): Row[] {
    return this.rows().filter(([known]) => known !== origin);
  }

  private rows(): Row[] {
    try {
      const found: unknown = JSON.parse(this.shelf.getItem(STORAGE) ?? '[]');
      return Array.isArray(found) ? found.filter(isRow) : [];
    } catch {
      return [];
    }
  }

  private write(rows: readonly Row[]): void {
    this.shelf.setItem(STORAGE, JSON.stringify(rows.slice(0, LOGS)));
  }
}
