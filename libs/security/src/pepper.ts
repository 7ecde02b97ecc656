import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const PEPPER_BYTES = 32;

/**
 * Reads the pepper of the key hashes, making it (mode 0600) the first time. It appears whole, by a link that only the first
 * of several processes can make. Losing the file makes every key unknown.
 *
 * @throws Error when the file is damaged: with another pepper no key would be known, and nobody would know why
 */
export function loadPepper(path: string): Buffer {
  const found = read(path);
  if (found !== undefined) return found;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, randomBytes(PEPPER_BYTES), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(path) ?? loadPepper(path);
}

function read(path: string): Buffer | undefined {
  try {
    const pepper = readFileSync(path);
    if (pepper.length === PEPPER_BYTES) return pepper;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw new Error(
    'the pepper of the API keys (keys/pepper) is damaged: restore it from a backup, or remove it and make new keys',
  );
}
