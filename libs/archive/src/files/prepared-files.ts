import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DurableFolders } from './durable-folders';
import { filePath } from './file-paths';

/** An empty file that is there after a loss of power; what is written to it is on disk when the write returns. */
export interface PreparedFile {
  readonly file: string;
  readonly path: string;
  readonly handle: FileHandle;
  readonly madeAt: number;
}

/** O_DSYNC (open(2)): a write returns when its bytes, and the length they give the file, are on disk. */
const NEW_DURABLE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_DSYNC;
/** Made at once, in one folder and so with one sync of it. */
const BATCH = 16;
/** With fewer at hand, more are made. */
const LOW = 8;
/**
 * An older one is not used any more, long before it is old enough to be taken for what a crash left, and removed under the feet of who
 * holds it.
 */
const MAX_AGE_MS = 10 * 60_000;
/** Tenants that files are ready for at once. */
const TENANTS = 32;

/**
 * Empty files made ahead of the instances that will fill them: an instance then waits for one write, and not for its file to be made
 * and for the folder to know of it. What is not used is removed at the end; what a crash leaves is a file without a row.
 */
export class PreparedFiles {
  private readonly ready = new Map<string, PreparedFile[]>();
  private readonly filling = new Map<string, Promise<void>>();

  constructor(
    private readonly root: string,
    private readonly folders: DurableFolders,
    private readonly now: () => Date,
  ) {}

  async take(tenant: string): Promise<PreparedFile> {
    for (;;) {
      const files = this.ready.get(tenant) ?? [];
      // The newest stand last: the first is the one that nobody asked for the longest.
      this.ready.delete(tenant);
      this.ready.set(tenant, files);
      const file = files.pop();
      if (file !== undefined && this.now().getTime() - file.madeAt > MAX_AGE_MS) {
        await removed(file);
        continue;
      }
      const filled = files.length < LOW ? this.fill(tenant) : undefined;
      if (file !== undefined) {
        filled?.catch(() => undefined);
        return file;
      }
      await filled;
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.filling.values());
    for (const tenant of [...this.ready.keys()]) await this.discard(tenant);
  }

  private fill(tenant: string): Promise<void> {
    const known = this.filling.get(tenant);
    if (known !== undefined) return known;
    const filling = this.make(tenant).finally(() => this.filling.delete(tenant));
    this.filling.set(tenant, filling);
    return filling;
  }

  private async make(tenant: string): Promise<void> {
    const shard = randomUUID().slice(0, 2);
    const madeAt = this.now().getTime();
    const made: PreparedFile[] = [];
    try {
      for (let count = 0; count < BATCH; count += 1) {
        const file = shard + randomUUID().slice(2);
        const path = join(this.root, filePath(tenant, file));
        if (count === 0) await this.folders.make(dirname(path));
        made.push({ file, path, handle: await open(path, NEW_DURABLE, 0o600), madeAt });
      }
      const [first] = made;
      if (first !== undefined) await this.folders.sync(dirname(first.path));
    } catch (error) {
      for (const file of made) await removed(file);
      throw error;
    }
    // What there was of the tenant may have had to go meanwhile.
    this.ready.set(tenant, [...(this.ready.get(tenant) ?? []), ...made]);
    const [oldest] = this.ready.keys();
    if (this.ready.size > TENANTS && oldest !== undefined) await this.discard(oldest);
  }

  private async discard(tenant: string): Promise<void> {
    const files = this.ready.get(tenant) ?? [];
    this.ready.delete(tenant);
    for (const file of files.splice(0)) await removed(file);
  }
}

async function removed({ handle, path }: PreparedFile): Promise<void> {
  await handle.close();
  await rm(path, { force: true });
}
