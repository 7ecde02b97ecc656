import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { loadSecret } from '../secret-file';

/** What a wrapped key belongs to: a key that is put elsewhere does not open there. */
export interface KeyPlace {
  readonly tenant: string;
  /** Of the data key. */
  readonly id: string;
}

/**
 * Wraps data keys under a key of their tenant that never leaves whoever implements this: a file's secret here, a key management
 * service where there is one.
 */
export interface KeyWrapper {
  wrap(place: KeyPlace, key: Buffer): Promise<Buffer>;
  /** @throws Error when the bytes are not a key wrapped for this place */
  unwrap(place: KeyPlace, wrapped: Buffer): Promise<Buffer>;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const REMEMBERED_TENANTS = 4_096;

/** Wraps with AES-256-GCM under keys that HKDF derives from one secret: `nonce || wrapped key || tag`. */
export class FileKeyWrapper implements KeyWrapper {
  private readonly root: KeyObject;
  private readonly keys = new Map<string, KeyObject>();

  /** @param root 256 random bits */
  constructor(root: Buffer) {
    this.root = createSecretKey(root);
  }

  wrap(place: KeyPlace, key: Buffer): Promise<Buffer> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keyOf(place.tenant), nonce).setAAD(placeBytes(place));
    return Promise.resolve(Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]));
  }

  unwrap(place: KeyPlace, wrapped: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      if (wrapped.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) throw new Error('a wrapped key has another length');
      const decipher = createDecipheriv(ALGORITHM, this.keyOf(place.tenant), wrapped.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(placeBytes(place))
        .setAuthTag(wrapped.subarray(-TAG_BYTES));
      resolve(Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]));
    });
  }

  private keyOf(tenant: string): KeyObject {
    const known = this.keys.get(tenant);
    if (known !== undefined) return known;
    if (this.keys.size >= REMEMBERED_TENANTS) this.keys.clear();
    const info = `medserve content key v1/${tenant}`;
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', this.root, '', info, KEY_BYTES)));
    this.keys.set(tenant, key);
    return key;
  }
}

const placeBytes = ({ tenant, id }: KeyPlace): Buffer => Buffer.from(JSON.stringify([tenant, id]));

/** Reads the secret under which stored answers are sealed (`keys/content`), making it the first time. @throws Error */
export const loadKeyWrapper = (path: string): KeyWrapper =>
  new FileKeyWrapper(
    loadSecret(
      path,
      'the secret of the stored answers (keys/content) is damaged: restore it from a backup; with another one no stored answer can be read',
    ),
  );
