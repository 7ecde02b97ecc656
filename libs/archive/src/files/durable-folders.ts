import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Folder {
  readonly handle: FileHandle;
  /** Being synced, for those that asked before it began. */
  running: Promise<void> | undefined;
  /** The one after it, for those that came since. */
  next: Promise<void> | undefined;
}

const OPEN_FOLDERS = 128;

/** Makes folders, and makes durable what was made in them; who asks for one folder at once shares a sync. */
export class DurableFolders {
  private readonly folders = new Map<string, Promise<Folder>>();

  /** Makes the folder and those above it, durably. */
  async make(path: string): Promise<void> {
    await this.opened(path);
  }

  /** Resolves when all that was in the folder before the call is there after a loss of power. */
  async sync(path: string): Promise<void> {
    try {
      await syncShared(await this.opened(path));
    } catch {
      // Closed meanwhile to make room for others, or removed and made anew.
      this.forget(path);
      await syncShared(await this.opened(path));
    }
  }

  /** It is removed, or about to be. */
  forget(path: string): void {
    const folder = this.folders.get(path);
    this.folders.delete(path);
    void folder?.then(closed, () => undefined);
  }

  close(): void {
    for (const path of [...this.folders.keys()]) this.forget(path);
  }

  private opened(path: string): Promise<Folder> {
    const known = this.folders.get(path);
    // The newest stand last: the first is the one that nobody asked for the longest.
    this.folders.delete(path);
    const folder = known ?? openFolder(path);
    this.folders.set(path, folder);
    if (known === undefined) {
      folder.catch(() => {
        if (this.folders.get(path) === folder) this.folders.delete(path);
      });
      const [oldest] = this.folders.keys();
      if (this.folders.size > OPEN_FOLDERS && oldest !== undefined) this.forget(oldest);
    }
    return folder;
  }
}

function syncShared(folder: Folder): Promise<void> {
  return (folder.next ??= (folder.running ?? Promise.resolve())
    .catch(() => undefined)
    .then(async () => {
      folder.running = folder.next;
      folder.next = undefined;
      try {
        await folder.handle.sync();
      } finally {
        folder.running = undefined;
      }
    }));
}

async function openFolder(path: string): Promise<Folder> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  if (first !== undefined) {
    for (let made = path; ; made = dirname(made)) {
      await syncOnce(dirname(made));
      if (made === first) break;
    }
  }
  return { handle, running: undefined, next: undefined };
}

async function syncOnce(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Only when nobody waits for it any more. */
async function closed(folder: Folder): Promise<void> {
  await Promise.allSettled([folder.running, folder.next]);
  await folder.handle.close().catch(() => undefined);
}
