import { createCipheriv, createDecipheriv, randomFillSync, type KeyObject } from 'node:crypto';

/** A key that seals what is stored about one subject. */
export interface DataKey {
  /** UUID, in lower case with hyphens. */
  readonly id: string;
  /** 256 bits. */
  readonly key: KeyObject;
}

/** Where sealed bytes belong: elsewhere they do not open. */
export interface SealPlace {
  readonly tenant: string;
  /** Id of the request that they answer. */
  readonly request: string;
}

/** No text in UTF-8 begins with 0xFE: what was stored plain, before answers were sealed, is never taken for sealed. */
const MAGIC = Buffer.from([0xfe, 0x4d, 0x53, 0x01]);
const ID_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = MAGIC.length + ID_BYTES;
const CONTENT_AT = NONCE_AT + NONCE_BYTES;
const ALGORITHM = 'aes-256-gcm';

/** What sealing adds to an answer. */
export const SEAL_BYTES = CONTENT_AT + TAG_BYTES;

/**
 * Seals bytes: `magic and version (4) || id of the key (16) || nonce (12) || ciphertext || tag (16)`, AES-256-GCM. What stands
 * before the ciphertext, the tenant and the request are authenticated with it. The nonce is random: one key may seal 2^32 answers
 * (NIST SP 800-38D, 8.3).
 */
export function seal(plain: Buffer, { id, key }: DataKey, place: SealPlace): Buffer {
  const sealed = Buffer.allocUnsafe(SEAL_BYTES + plain.length);
  MAGIC.copy(sealed);
  sealed.write(id.replaceAll('-', ''), MAGIC.length, 'hex');
  randomFillSync(sealed, NONCE_AT, NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, sealed.subarray(NONCE_AT, CONTENT_AT)).setAAD(aad(sealed, place));
  cipher.update(plain).copy(sealed, CONTENT_AT);
  cipher.final();
  cipher.getAuthTag().copy(sealed, CONTENT_AT + plain.length);
  return sealed;
}

export const isSealed = (stored: Buffer): boolean => stored.subarray(0, MAGIC.length).equals(MAGIC);

/** The id of the key that sealed the bytes; undefined where they are plain. @throws Error when they were sealed and cut short */
export function keyIdOf(stored: Buffer): string | undefined {
  if (!isSealed(stored)) return undefined;
  if (stored.length < SEAL_BYTES) throw new Error('sealed bytes were cut short');
  const hex = stored.toString('hex', MAGIC.length, NONCE_AT);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** @throws Error when the bytes were sealed by another key, for another place, or were changed */
export function unseal(sealed: Buffer, key: KeyObject, place: SealPlace): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  const nonce = sealed.subarray(NONCE_AT, CONTENT_AT);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(aad(sealed, place))
    .setAuthTag(sealed.subarray(tagAt));
  const plain = decipher.update(sealed.subarray(CONTENT_AT, tagAt));
  decipher.final();
  return plain;
}

const aad = (sealed: Buffer, { tenant, request }: SealPlace): Buffer =>
  Buffer.concat([sealed.subarray(0, CONTENT_AT), Buffer.from(JSON.stringify([tenant, request]))]);
