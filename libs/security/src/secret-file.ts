import { randomBytes } from 'node:crypto';
import { makeOnce, readIfThere } from './own-file';

const SECRET_BYTES = 32;

/**
 * Reads a secret of 256 random bits, making it (mode 0600) the first time; several processes that start together get the same.
 *
 * @param damaged what to say when the file is there and is no secret: with another one nothing would work, and nobody would
 *   know why
 * @throws Error
 */
export function loadSecret(path: string, damaged: string): Buffer {
  const found = readIfThere(path);
  if (found?.length === SECRET_BYTES) return found;
  if (found !== undefined) throw new Error(damaged);
  makeOnce(path, randomBytes(SECRET_BYTES));
  return loadSecret(path, damaged);
}
