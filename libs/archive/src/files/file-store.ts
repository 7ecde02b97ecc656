import { constants, createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ArrivingFile, writeAll } from './arriving-file';
import { DurableFolders } from './durable-folders';
import { filePath } from './file-paths';
import { PreparedFiles, type PreparedFile } from './prepared-files';

/** Which file. */
export interface FilePlace {
  readonly tenant: string;
  /** A UUID. */
  readonly file: string;
}

export interface DiskRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const ARRIVING = 'arriving';
const NEW = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;

/**
 * Files of instances below one folder. A file has a name of its own, which nothing else will ever have, so nothing is overwritten,
 * and it counts only once a row speaks of it: one that was not finished is nobody's.
 */
export class FileStore {
  private readonly folders = new DurableFolders();
  private readonly prepared: PreparedFiles;

  constructor(
    private readonly root: string,
    now: () => Date,
  ) {
    this.prepared = new PreparedFiles(root, this.folders, now);
  }

  async prepare(): Promise<void> {
    await this.folders.make(join(this.root, ARRIVING));
  }

  /** A place for a file of a tenant. */
  place(tenant: string): Promise<PreparedFile> {
    return this.prepared.take(tenant);
  }

  /** Resolves when the file is there after a loss of power. */
  async write({ handle }: PreparedFile, parts: readonly Buffer[]): Promise<void> {
    try {
      await writeAll(handle, parts);
    } finally {
      // Nothing is told by its end that the write did not tell, so nobody waits for it.
      void handle.close().catch(() => undefined);
    }
  }

  /** A file that is larger than what is held in memory, before it is known to be sound. */
  async begin(file: string): Promise<ArrivingFile> {
    const path = join(this.root, ARRIVING, file);
    return new ArrivingFile(path, await open(path, NEW, 0o600));
  }

  /** Moves a file that arrived to its place. Resolves when it is there after a loss of power. */
  async settle(arrived: ArrivingFile, { path, handle }: PreparedFile): Promise<void> {
    await handle.close();
    await arrived.finish();
    await rename(arrived.path, path);
    await this.folders.sync(dirname(path));
  }

  /**
   * The bytes from `start` on, as many as there are up to `length`. Nobody asks how long the file is, and nobody waits until it is closed:
   * of a study of many files that is as much time as reading takes.
   *
   * @throws the error of the file system, ENOENT where it is not there
   */
  async read(place: FilePlace, start: number, length: number): Promise<Buffer> {
    const handle = await open(this.pathOf(place));
    try {
      return await fill(handle, start, length);
    } finally {
      void handle.close().catch(() => undefined);
    }
  }

  stream(place: FilePlace, start = 0, end?: number): Readable {
    return createReadStream(this.pathOf(place), end === undefined ? { start } : { start, end });
  }

  /** A file that is not there is removed already. */
  async remove(place: FilePlace): Promise<void> {
    await rm(this.pathOf(place), { force: true });
  }

  /** Folders of tenants, by their names. */
  async tenantFolders(): Promise<string[]> {
    return (await namesIn(this.root)).filter((name) => name !== ARRIVING);
  }

  /** Files of a tenant that have been there since before a time, by their names: a list for each folder in which anything changed since another. */
  async *filesBefore(folder: string, before: Date, changedSince: Date): AsyncGenerator<string[]> {
    for (const shard of await namesIn(join(this.root, folder))) {
      const path = join(this.root, folder, shard);
      if (await isOlder(path, changedSince)) continue;
      const old: string[] = [];
      for (const name of await namesIn(path)) {
        if (await isOlder(join(path, name), before)) old.push(basename(name, '.dcm'));
      }
      if (old.length > 0) yield old;
    }
  }

  /** @param folder of its tenant */
  async removeFrom(folder: string, file: string): Promise<void> {
    await rm(join(this.root, folder, file.slice(0, 2), `${file}.dcm`), { force: true });
  }

  /** Removes what began to arrive before a time and never came to an end. @returns how many */
  async removeArrivingBefore(before: Date): Promise<number> {
    const folder = join(this.root, ARRIVING);
    let removed = 0;
    for (const name of await namesIn(folder)) {
      if (!(await isOlder(join(folder, name), before))) continue;
      await rm(join(folder, name), { force: true });
      removed += 1;
    }
    return removed;
  }

  async room(): Promise<DiskRoom> {
    const { bavail, blocks, bsize } = await statfs(this.root);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  }

  async close(): Promise<void> {
    await this.prepared.close();
    this.folders.close();
  }

  private pathOf({ tenant, file }: FilePlace): string {
    return join(this.root, filePath(tenant, file));
  }
}

/** A read may end before the file does. */
async function fill(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  // Memory of its own, which nothing else shares and nothing reads before it is filled.
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

const isOlder = async (path: string, time: Date): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtime < time;
};
