import { createSecretKey, hash, type KeyObject } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { isSameKey, prefixOfApiKey } from './api-key';
import type { Principal } from './principal';
import { SCOPES, type Scope } from './scopes';

export interface StoredKey {
  readonly id: string;
  readonly tenant: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What the authenticator needs of a key store. */
export interface KeyReader {
  findByPrefix(prefix: string): Promise<StoredKey | undefined>;
}

interface Remembered {
  readonly stored: StoredKey;
  readonly untilMs: number;
}

/** A header that carried a valid key, and who that was. */
interface Proof {
  readonly principal: Principal;
  readonly expiresAtMs: number;
  readonly untilMs: number;
}

const REMEMBERED_KEYS = 10_000;
const REMEMBER_MS = 5_000;

/**
 * Proves credentials. A key is remembered for five seconds, so that a revoked one stops working within that time and a
 * busy one does not cost a query a request. So is, by its SHA-256, the header that carried it: the proof itself is a checksum,
 * an HMAC and three regular expressions.
 */
export class Authenticator {
  private readonly remembered = new Map<string, Remembered>();
  private readonly proofs = new Map<string, Proof>();
  /** Made once: from raw bytes each HMAC would build it anew, five times its own cost. */
  private readonly pepper: KeyObject;

  constructor(
    private readonly keys: KeyReader,
    pepper: Buffer,
    private readonly now: () => number,
  ) {
    this.pepper = createSecretKey(pepper);
  }

  /**
   * @param authorization the header `Authorization` or the gRPC metadata of that name
   * @throws ServingError `unauthenticated`, in the same words whatever is wrong: an unknown key is not told from a wrong one
   */
  async authenticate(authorization: string | undefined): Promise<Principal> {
    const digest = hash('sha256', authorization ?? '', 'base64');
    const proof = this.proofs.get(digest);
    const now = this.now();
    if (proof !== undefined && proof.untilMs > now && proof.expiresAtMs > now) return proof.principal;
    this.proofs.delete(digest);
    return this.prove(authorization, digest);
  }

  private async prove(authorization: string | undefined, digest: string): Promise<Principal> {
    const key = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
    const prefix = key === undefined ? undefined : prefixOfApiKey(key);
    const found = prefix === undefined ? undefined : await this.find(prefix);
    if (key === undefined || found === undefined || !this.isValid(key, found.stored)) {
      throw new ServingError('unauthenticated', 'The request carries no valid key.');
    }
    const { stored, untilMs } = found;
    const known = new Set<string>(SCOPES);
    const principal: Principal = {
      id: stored.id,
      kind: 'key',
      tenant: stored.tenant,
      scopes: new Set(stored.scopes.filter((scope): scope is Scope => known.has(scope))),
    };
    if (this.proofs.size >= REMEMBERED_KEYS) this.proofs.clear();
    this.proofs.set(digest, { principal, expiresAtMs: stored.expiresAt?.getTime() ?? Infinity, untilMs });
    return principal;
  }

  private isValid(key: string, { hash, expiresAt, revokedAt }: StoredKey): boolean {
    const isAlive = revokedAt === null && (expiresAt === null || expiresAt.getTime() > this.now());
    return isAlive && isSameKey(key, hash, this.pepper);
  }

  private async find(prefix: string): Promise<Remembered | undefined> {
    const remembered = this.remembered.get(prefix);
    if (remembered !== undefined && remembered.untilMs > this.now()) return remembered;
    const stored = await this.keys.findByPrefix(prefix);
    this.remembered.delete(prefix);
    if (stored === undefined) return undefined;
    if (this.remembered.size >= REMEMBERED_KEYS) this.remembered.clear();
    const fresh = { stored, untilMs: this.now() + REMEMBER_MS };
    this.remembered.set(prefix, fresh);
    return fresh;
  }
}

/** @throws ServingError `forbidden` naming the scope that is missing */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.has(scope)) throw new ServingError('forbidden', `The key lacks the scope "${scope}".`);
}
