import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const SECRET_BYTES = 32;

/**
 * Reads a secret of 256 random bits, making it (mode 0600) the first time. It appears whole, by a link that only the first of
 * several processes can make.
 *
 * @param damaged what to say when the file is there and is no secret: with another one nothing would work, and nobody would
 *   know why
 * @throws Error
 */
export function loadSecret(path: string, damaged: string): Buffer {
  const found = read(path, damaged);
  if (found !== undefined) return found;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, randomBytes(SECRET_BYTES), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(path, damaged) ?? loadSecret(path, damaged);
}

function read(path: string, damaged: string): Buffer | undefined {
  try {
    const secret = readFileSync(path);
    if (secret.length === SECRET_BYTES) return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw new Error(damaged);
}
