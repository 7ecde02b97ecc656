import type { KeyObject } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundlePath, encodeBundle, tilePath, tilesOf, tileWidth, TILE_WIDTH } from '@medserve/ledger';
import type { Database, Queryable } from '../database/database';
import { keepCheckpoint, signState } from './checkpoints';
import { readEntries, readState, readTile, type LedgerState } from './ledger-rows';

export interface ExportedLog {
  readonly size: number;
  readonly root: string;
  readonly origin: string;
}

/** A reader of the folder sees the old file or the new one, never a half. */
async function write(dir: string, path: string, bytes: Buffer | string): Promise<void> {
  const file = join(dir, path);
  const scratch = `${file}.${String(process.pid)}.new`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(scratch, bytes);
  await rename(scratch, file);
}

async function writeTiles(client: Queryable, dir: string, { size }: LedgerState): Promise<void> {
  for (const place of tilesOf(size)) {
    await write(dir, tilePath(place, tileWidth(size, place)), await readTile(client, place));
  }
}

async function writeBundles(client: Queryable, dir: string, { size }: LedgerState, told: Progress): Promise<void> {
  for (let begin = 0; begin < size; begin += TILE_WIDTH) {
    const end = Math.min(size, begin + TILE_WIDTH);
    const entries = await readEntries(client, begin, end);
    await write(dir, bundlePath(begin / TILE_WIDTH, end - begin), encodeBundle(entries.map(({ leaf }) => leaf)));
    told(end, size);
  }
}

/** Told how many entries of how many are done. */
export type Progress = (done: number, total: number) => void;

/**
 * Writes the whole log into `dir` as C2SP tlog-tiles. All of it comes out of one snapshot of the database, with a checkpoint
 * signed for exactly that size, so partial tiles and checkpoint agree while the log grows on. Bytes are copied as they were
 * fixed at the append; nothing is computed anew. The checkpoint comes last: whoever reads it finds the tiles it speaks of.
 */
export async function exportLog(
  database: Database,
  key: KeyObject,
  dir: string,
  told: Progress = () => undefined,
): Promise<ExportedLog> {
  const { state, note } = await database.transaction('one snapshot', async (client) => {
    const found = await readState(client);
    await writeTiles(client, dir, found);
    await writeBundles(client, dir, found, told);
    return { state: found, note: signState(found, key) };
  });
  await keepCheckpoint(database, state, note);
  await write(dir, 'checkpoint', note);
  return { size: state.size, root: state.root.toString('base64'), origin: state.origin };
}
