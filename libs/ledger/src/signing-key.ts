import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * The key that signs checkpoints: Ed25519, PKCS #8 PEM, mode 0600, made on the first call. Processes that start together
 * get the same key: the file appears whole, by a link that only the first can make.
 *
 * @throws Error where there is a key of another type, or none that can be read
 */
export function loadSigningKey(file: string): KeyObject {
  const found = readKey(file);
  if (found !== undefined) return found;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const scratch = `${file}.${String(process.pid)}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(scratch, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'w' });
  try {
    linkSync(scratch, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(scratch, { force: true });
  }
  return loadSigningKey(file);
}

/** @throws Error for a key of another type: what it signed no verifier of C2SP signed-note could check (signature type 0x01) */
function readKey(file: string): KeyObject | undefined {
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`${basename(file)} is no Ed25519 key: put one there in PKCS #8 form, or let the platform make it`);
}

/** The key that signs, and the one that is to follow it. */
export interface SigningKeys {
  /** Read anew each time: another recorder may have handed over to the next one since. */
  current(): KeyObject;
  /** The key that somebody put beside the current one to take its place; undefined where nobody did. */
  next(): KeyObject | undefined;
  /** The next key takes the place of the current one, whose private half nobody needs any more. */
  turn(): void;
}

/** A key in a file; the next one is a file beside it, `<file>.next`, which appears whole. */
export function signingKeysIn(file: string): SigningKeys {
  const nextFile = `${file}.next`;
  let current = loadSigningKey(file);
  return {
    current: () => (current = readKey(file) ?? current),
    next: () => readKey(nextFile),
    turn: () => {
      renameSync(nextFile, file);
      current = loadSigningKey(file);
    },
  };
}

/** Makes the next key of `signingKeysIn`; one that is there already stays. */
export const makeNextKey = (file: string): KeyObject => loadSigningKey(`${file}.next`);
