import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that says where pods are. */
export class AddressFile {
  private constructor(private readonly folder: string) {}

  static async create(addresses: readonly string[] = []): Promise<AddressFile> {
    const file = new AddressFile(await mkdtemp(join(tmpdir(), 'medserve-pods-')));
    await file.write(addresses);
    return file;
  }

  get source(): string {
    return `file:${join(this.folder, 'pods.json')}`;
  }

  async write(addresses: readonly string[]): Promise<void> {
    const next = join(this.folder, 'next.json');
    await writeFile(next, JSON.stringify(addresses));
    await rename(next, join(this.folder, 'pods.json'));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
