import { createHmac } from 'node:crypto';
import { loadSecret } from './secret-file';

/**
 * Reads the pepper of the key hashes, making it (mode 0600) the first time. Losing the file makes every key unknown.
 *
 * @throws Error when the file is damaged: with another pepper no key would be known, and nobody would know why
 */
export const loadPepper = (path: string): Buffer =>
  loadSecret(
    path,
    'the pepper of the API keys (keys/pepper) is damaged: restore it from a backup, or remove it and make new keys',
  );

/** A key for another purpose, from which the pepper cannot be told. */
export const derivedKey = (pepper: Buffer, purpose: string): Buffer =>
  createHmac('sha256', pepper).update(`medserve ${purpose}`).digest();
