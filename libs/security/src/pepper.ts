import { createHmac, randomBytes } from 'node:crypto';
import { makeOnce, readIfThere } from './own-file';

const PEPPER_BYTES = 32;

/**
 * Reads the pepper of the key hashes, making it (mode 0600) the first time. Losing the file makes every key unknown.
 *
 * @throws Error when the file is damaged: with another pepper no key would be known, and nobody would know why
 */
export function loadPepper(path: string): Buffer {
  const found = readIfThere(path);
  if (found?.length === PEPPER_BYTES) return found;
  if (found !== undefined) {
    throw new Error(
      'the pepper of the API keys (keys/pepper) is damaged: restore it from a backup, or remove it and make new keys',
    );
  }
  makeOnce(path, randomBytes(PEPPER_BYTES));
  return loadPepper(path);
}

/** A key for another purpose, from which the pepper cannot be told. */
export const derivedKey = (pepper: Buffer, purpose: string): Buffer =>
  createHmac('sha256', pepper).update(`medserve ${purpose}`).digest();
