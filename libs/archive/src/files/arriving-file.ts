import { rm, type FileHandle } from 'node:fs/promises';

/** A file that is written as it comes. */
export class ArrivingFile {
  constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  write(parts: readonly Buffer[]): Promise<void> {
    return writeAll(this.handle, parts);
  }

  /** Its bytes are on disk, and nothing more comes. */
  async finish(): Promise<void> {
    await this.handle.datasync();
    await this.handle.close();
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }
}

/** A write may take a part of what it is given. */
export async function writeAll(handle: FileHandle, parts: readonly Buffer[]): Promise<void> {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytesWritten } = await handle.writev(parts);
  if (bytesWritten === total) return;
  let rest = Buffer.concat(parts).subarray(bytesWritten);
  while (rest.length > 0) rest = rest.subarray((await handle.write(rest)).bytesWritten);
}
