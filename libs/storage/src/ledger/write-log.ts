import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  bundlePath,
  encodeBundle,
  hashesAtLevel,
  tilePath,
  tilesOf,
  tileWidth,
  TILE_WIDTH,
  type TilePlace,
} from '@medserve/ledger';
import type { Queryable } from '../database/database';
import { readEntries, readTile } from './ledger-rows';

const HASH_BYTES = 32;

/** Told how many entries of how many are done. */
export type Progress = (done: number, total: number) => void;

/** A reader of the folder sees the old file or the new one, never a half. */
export async function writeWhole(dir: string, path: string, bytes: Buffer | string): Promise<void> {
  const file = join(dir, path);
  const scratch = `${file}.${String(process.pid)}.new`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(scratch, bytes);
  await rename(scratch, file);
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** What is full stays as it is for ever: it is written once, and the partial ones that led to it go (C2SP tlog-tiles). */
async function writeFull(dir: string, path: string, bytes: () => Promise<Buffer | undefined>): Promise<boolean> {
  if (await isThere(join(dir, path))) return true;
  const found = await bytes();
  if (found === undefined) return false;
  await writeWhole(dir, path, found);
  await rm(join(dir, `${path}.p`), { recursive: true, force: true });
  return true;
}

export interface WrittenLog {
  /** Bundles whose entries were deleted by retention; their tiles are there. */
  readonly bundlesMissing: number;
}

export interface LogPart {
  readonly tenant: string;
  /** Entries that the folder holds already, by its checkpoint. */
  readonly from: number;
  readonly size: number;
}

async function writeTiles(client: Queryable, dir: string, { tenant, from, size }: LogPart): Promise<void> {
  const isNew = ({ level, index }: TilePlace): boolean => index >= Math.floor(hashesAtLevel(from, level) / TILE_WIDTH);
  for (const place of tilesOf(size)) {
    if (!isNew(place)) continue;
    const width = tileWidth(size, place);
    const bytes = async (): Promise<Buffer> => (await readTile(client, tenant, place)).subarray(0, width * HASH_BYTES);
    if (width === TILE_WIDTH) await writeFull(dir, tilePath(place, width), bytes);
    else await writeWhole(dir, tilePath(place, width), await bytes());
  }
}

async function writeBundles(client: Queryable, dir: string, part: LogPart, told: Progress): Promise<number> {
  const { tenant, from, size } = part;
  let missing = 0;
  for (let begin = from - (from % TILE_WIDTH); begin < size; begin += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - begin);
    const path = bundlePath(begin / TILE_WIDTH, width);
    const bytes = async (): Promise<Buffer | undefined> => {
      const entries = await readEntries(client, tenant, begin, begin + width);
      return entries.length === width ? encodeBundle(entries.map(({ leaf }) => leaf)) : undefined;
    };
    if (width === TILE_WIDTH) {
      if (!(await writeFull(dir, path, bytes))) missing += 1;
    } else {
      const found = await bytes();
      if (found === undefined) missing += 1;
      else await writeWhole(dir, path, found);
    }
    told(begin + width, size);
  }
  return missing;
}

/**
 * Writes what a folder lacks of a log of `size` entries, as C2SP tlog-tiles. Bytes are copied as they were fixed at the append;
 * nothing is computed anew. The log only grows, so what is read stands for this size however far it has grown meanwhile. The
 * checkpoint is for the caller to write, last: whoever reads it finds the tiles it speaks of, also when this ended half way.
 */
export async function writeLog(
  client: Queryable,
  dir: string,
  part: LogPart,
  told: Progress = () => undefined,
): Promise<WrittenLog> {
  await writeTiles(client, dir, part);
  return { bundlesMissing: await writeBundles(client, dir, part, told) };
}

/** Scratch files of a writer that was killed: nobody reads them, nobody else would ever remove them. */
export async function clearScratch(dir: string): Promise<void> {
  const files = await readdir(dir, { recursive: true }).catch(() => []);
  for (const file of files) if (/\.\d+\.new$/u.test(file)) await rm(join(dir, file), { force: true });
}
