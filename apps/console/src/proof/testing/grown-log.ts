import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  checkpointText,
  encodeBundle,
  GrowingTree,
  leafHash,
  signNote,
  verifierKey,
  type Tile,
} from '@medserve/ledger';
import { bundlePath, LogMemory, tilePath, tileWidth, TILE_WIDTH, type Bytes } from '../log';
import type { LogSource } from '../open-log';

const ORIGIN = 'medserve/test';

const bytesOf = (buffer: Uint8Array): Bytes => new Uint8Array(buffer);

/** Entries as the platform writes them, `text` making them differ. */
export const entriesFor = (count: number, text = 'entry'): Buffer[] =>
  Array.from({ length: count }, (_, at) =>
    Buffer.from(JSON.stringify({ event: 'completed', request: `${text} ${String(at)}` })),
  );

/** A log as the recorder makes one, by the arithmetic of `libs/ledger`; anything in it can be spoilt. */
export class GrownLog {
  private readonly files = new Map<string, Bytes>();
  readonly root: Buffer;
  readonly key: string;
  note: string;

  constructor(
    readonly entries: readonly Buffer[],
    readonly privateKey: KeyObject = generateKeyPairSync('ed25519').privateKey,
    origin = ORIGIN,
  ) {
    const size = entries.length;
    const tree = new GrowingTree(0, []);
    const last = new Map<string, Tile>();
    for (const tile of tree.append(entries.map((entry) => leafHash(entry))))
      last.set(`${String(tile.level)}/${String(tile.index)}`, tile);
    for (const tile of last.values()) this.files.set(tilePath(tile, tileWidth(size, tile)), bytesOf(tile.bytes));
    for (let index = 0; index * TILE_WIDTH < size; index += 1) {
      const some = entries.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
      this.files.set(bundlePath(index, some.length), bytesOf(encodeBundle(some)));
    }
    this.root = tree.root();
    this.key = verifierKey(ORIGIN, privateKey);
    this.note = signNote(checkpointText({ origin, size, root: this.root }), ORIGIN, privateKey);
  }

  get size(): number {
    return this.entries.length;
  }

  get paths(): readonly string[] {
    return [...this.files.keys()];
  }

  /** Turns one bit of a file over. */
  flip(path: string, at: number): void {
    const bytes = this.file(path);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  }

  put(path: string, bytes: Uint8Array): void {
    this.files.set(path, bytesOf(bytes));
  }

  file(path: string): Bytes {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new Error(`there is no ${path}`);
    return bytes;
  }

  readonly read = (path: string): Promise<Bytes> => Promise.resolve().then(() => this.file(path));

  get source(): LogSource {
    return {
      checkpoint: () => Promise.resolve({ note: this.note }),
      key: () => Promise.resolve(`${this.key}\n`),
      file: this.read,
    };
  }
}

/** A memory that lasts as long as the test. */
export function newMemory(): LogMemory {
  const kept = new Map<string, string>();
  return new LogMemory({
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
  });
}
