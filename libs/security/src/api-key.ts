import { createHash, createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';

/*
 * A key is `msk_<prefix>_<secret><checksum>`: a readable prefix to find it by, 256 random bits, and a checksum, so that a
 * mistyped key is told from an unknown one without asking the database (and secret scanners can be sure of a hit).
 * Stored is HMAC-SHA-256 of the whole key with a pepper that does not live in the database: fast, because 256 random bits
 * need no slow hash.
 */
const PATTERN = /^msk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;

export interface MintedKey {
  /** Shown once, never stored. */
  readonly key: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

const hashApiKey = (key: string, pepper: Buffer | KeyObject): Buffer =>
  createHmac('sha256', pepper).update(key).digest();

export function mintApiKey(pepper: Buffer): MintedKey {
  const prefix = randomBytes(6).toString('hex');
  const body = `msk_${prefix}_${randomBytes(32).toString('base64url')}`;
  const key = body + checksum(body);
  return { key, prefix, hash: hashApiKey(key, pepper) };
}

/** The prefix of a well-formed key, or undefined for anything else. */
export function prefixOfApiKey(key: string): string | undefined {
  const match = PATTERN.exec(key);
  if (match === null) return undefined;
  const [, prefix, , sum] = match;
  return checksum(key.slice(0, -8)) === sum ? prefix : undefined;
}

export function isSameKey(key: string, hash: Buffer, pepper: Buffer | KeyObject): boolean {
  const given = hashApiKey(key, pepper);
  return given.length === hash.length && timingSafeEqual(given, hash);
}
