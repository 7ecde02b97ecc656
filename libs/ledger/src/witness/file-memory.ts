import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { SizedRoot } from '../check-proof';
import { checkpointText, parseCheckpoint } from '../checkpoint';
import type { WitnessMemory } from './witness';

/** Remembers in a folder: a file for each log, replaced whole and on disk before `keep` resolves. */
export class FileMemory implements WitnessMemory {
  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  /** @throws SyntaxError where the file is damaged: a witness that has forgotten must not cosign */
  latest(origin: string): SizedRoot | undefined {
    try {
      return parseCheckpoint(readFileSync(this.fileOf(origin), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async keep(origin: string, { size, root }: SizedRoot): Promise<void> {
    const file = this.fileOf(origin);
    const scratch = `${file}.new`;
    const handle = await open(scratch, 'w', 0o600);
    try {
      await handle.writeFile(checkpointText({ origin, size, root }));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(scratch, file);
  }

  /** Origins hold slashes. */
  private fileOf(origin: string): string {
    return join(this.dir, createHash('sha256').update(origin).digest('hex'));
  }
}
