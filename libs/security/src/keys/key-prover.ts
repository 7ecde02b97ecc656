import { createSecretKey, type KeyObject } from 'node:crypto';
import { isSameKey, prefixOfApiKey } from '../api-key';
import type { Principal } from '../principal';
import { BELIEVED_MS, REMEMBERED, type Proof, type Prover } from '../prover';
import { ShortCache } from '../short-cache';
import { SCOPES, type Scope } from '../scopes';
import { refused } from '../tokens/token-shape';

export interface StoredKey {
  readonly id: string;
  readonly tenant: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly site?: string | null;
  readonly department?: string | null;
  readonly role?: string | null;
}

/** What the authenticator needs of a key store. */
export interface KeyReader {
  findByPrefix(prefix: string): Promise<StoredKey | undefined>;
}

/** API keys. The proof is a checksum, an HMAC and three regular expressions. */
export class KeyProver implements Prover {
  private readonly stored: ShortCache<StoredKey>;
  /** Made once: from raw bytes each HMAC would build it anew, five times its own cost. */
  private readonly pepper: KeyObject;

  constructor(
    keys: KeyReader,
    pepper: Buffer,
    private readonly now: () => number,
  ) {
    this.pepper = createSecretKey(pepper);
    const options = { now, maxAgeMs: BELIEVED_MS, limit: REMEMBERED };
    this.stored = new ShortCache((prefix) => keys.findByPrefix(prefix), options);
  }

  takes(credential: string): boolean {
    return credential.startsWith('msk_');
  }

  async prove(key: string): Promise<Proof> {
    const prefix = prefixOfApiKey(key);
    const found = prefix === undefined ? undefined : await this.stored.get(prefix);
    if (found === undefined || !this.isValid(key, found.value)) throw refused();
    const { value, untilMs } = found;
    return { principal: principalOfKey(value), expiresAtMs: value.expiresAt?.getTime() ?? Infinity, untilMs };
  }

  private isValid(key: string, stored: StoredKey): boolean {
    return isKeyAlive(stored, this.now()) && isSameKey(key, stored.hash, this.pepper);
  }
}

/** @param nowMs milliseconds since the epoch */
export const isKeyAlive = ({ expiresAt, revokedAt }: StoredKey, nowMs: number): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt.getTime() > nowMs);

export function principalOfKey({ id, tenant, scopes, site, department, role }: StoredKey): Principal {
  const known = new Set<string>(SCOPES);
  return {
    id,
    kind: 'key',
    tenant,
    ...(site ? { site } : {}),
    ...(department ? { department } : {}),
    ...(role ? { role } : {}),
    scopes: new Set(scopes.filter((scope): scope is Scope => known.has(scope))),
  };
}
