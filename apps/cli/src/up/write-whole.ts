import { renameSync, writeFileSync } from 'node:fs';

/** Readers see the whole file or none. */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
