import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  APPROVAL,
  sealFolder,
  sealOf,
  SIGNATURE,
  syncFolder,
  untrusted,
  writeWhole,
  type SealedFile,
  type SealedFolder,
} from '@medserve/engines';
import { ServingError } from '@medserve/errors';

/** Begun and not finished: of a pod that was killed. */
const PART = '.part-';
const SEAL = /^sha256:([0-9a-f]{64})$/;

export interface CopyOrder {
  /** What is copied, as it was read. */
  readonly folder: string;
  readonly sealed: SealedFolder;
  /** Of it, what is to be copied. */
  readonly files: readonly SealedFile[];
  /** Where it lies in a repository. */
  readonly place: string;
}

/** What lies in the folder of a copy, which is a repository with one model. */
export interface Copy {
  /** Of its files and signatures. */
  readonly seal: string;
  readonly repository: string;
}

/**
 * The pod's own copies of models, by what is in them. A copy appears whole or not at all, is never written to again, and is read
 * again byte for byte before it is used. Models are loaded from here, so nobody who may write to a repository can change what
 * runs after it was looked at.
 */
export class LocalCopies {
  private constructor(
    private readonly folder: string,
    private readonly maxBytes: number,
  ) {}

  /** @param maxBytes of all copies together */
  static async open(folder: string, maxBytes: number): Promise<LocalCopies> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      if (name.startsWith(PART)) await rm(join(folder, name), { recursive: true, force: true });
    }
    return new LocalCopies(folder, maxBytes);
  }

  /**
   * A copy of the model, made where there is none.
   *
   * @param inUse seals of copies that must not make room for this one
   * @throws ServingError `model_untrusted` when the model was written to meanwhile; `model_broken` when there is no room for it
   */
  async keep(order: CopyOrder, inUse: ReadonlySet<string>): Promise<Copy> {
    const seal = sealOf(order.sealed, order.files);
    const kept = await this.find(seal, order.place);
    if (kept) return kept;
    const repository = this.repositoryOf(seal);
    await rm(repository, { recursive: true, force: true });
    const { signature = '', approval = '' } = order.sealed;
    const bytes = order.files.reduce((sum, { size }) => sum + size, signature.length + approval.length);
    await this.makeRoom(bytes, inUse);
    const part = await mkdtemp(join(this.folder, PART));
    try {
      await this.write(part, order);
      const written = await sealFolder(join(part, order.place));
      if (sealOf(written, written.files) !== seal) throw untrusted('The model was written to while it was copied.');
      await rename(part, repository);
      await syncFolder(this.folder);
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      if (error instanceof ServingError) throw error;
      throw new ServingError('model_broken', 'The pod cannot keep a copy of the model.', { cause: error });
    }
    return { seal, repository };
  }

  /** The copy with this seal, if it is there and whole; what is not whole is removed. */
  async find(seal: string, place: string): Promise<Copy | undefined> {
    const repository = this.repositoryOf(seal);
    const sealed = await sealFolder(join(repository, place)).catch(() => undefined);
    if (!sealed) return undefined;
    if (sealOf(sealed, sealed.files) !== seal) {
      await rm(repository, { recursive: true, force: true });
      return undefined;
    }
    const now = new Date();
    await utimes(repository, now, now);
    return { seal, repository };
  }

  private repositoryOf(seal: string): string {
    const [, hex] = SEAL.exec(seal) ?? [];
    if (hex === undefined) throw new Error('a seal is sha256: and 64 hexadecimal digits');
    return join(this.folder, hex);
  }

  private async write(part: string, { folder, sealed, files, place }: CopyOrder): Promise<void> {
    const target = join(part, place);
    const folders = new Set([part, dirname(target), target]);
    await mkdir(target, { recursive: true });
    for (const { path } of files) {
      const copy = join(target, path);
      await mkdir(dirname(copy), { recursive: true });
      for (let above = dirname(copy); above !== target; above = dirname(above)) folders.add(above);
      await copyFile(join(folder, path), copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(copy, 0o400);
      await syncFile(copy);
    }
    const signatures = [
      [SIGNATURE, sealed.signature],
      [APPROVAL, sealed.approval],
    ] as const;
    for (const [name, text] of signatures) if (text !== undefined) await writeWhole(join(target, name), text);
    for (const name of folders) await syncFolder(name);
  }

  /** Removes the copies that were not used for longest. */
  private async makeRoom(bytes: number, inUse: ReadonlySet<string>): Promise<void> {
    const copies = await Promise.all((await readdir(this.folder)).map((name) => this.measure(name)));
    let held = copies.reduce((sum, copy) => sum + copy.bytes, 0);
    const idle = copies.filter(({ name }) => !inUse.has(`sha256:${name}`)).sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const copy of idle) {
      if (held + bytes <= this.maxBytes) return;
      await rm(join(this.folder, copy.name), { recursive: true, force: true });
      held -= copy.bytes;
    }
    if (held + bytes > this.maxBytes) {
      const limit = `copies of models: ${String(this.maxBytes)} bytes`;
      throw new ServingError('model_broken', 'There is no room for a copy of the model.', { limit });
    }
  }

  private async measure(name: string): Promise<{ name: string; bytes: number; usedAtMs: number }> {
    const path = join(this.folder, name);
    const { mtimeMs, size } = await stat(path);
    if (!SEAL.test(`sha256:${name}`)) return { name, bytes: size, usedAtMs: Infinity };
    let bytes = 0;
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
    }
    return { name, bytes, usedAtMs: mtimeMs };
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
