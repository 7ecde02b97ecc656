import { createHash } from 'node:crypto';
import { createLocalJWKSet } from 'jose';
import { ServingError } from '@medserve/errors';
import { REMEMBERED } from '../prover';
import { fetchJwks } from '../tokens/fetch-jwks';
import { KeyRing, systemClock, type Clock } from '../tokens/key-ring';
import { keyUrl } from '../tokens/key-url';
import { findKey, LEEWAY_S, verifyToken, type KeyFinder } from '../tokens/verify-token';
import { readToken, refused } from '../tokens/token-shape';
import type { ClientReader } from '../tokens/own-tokens';
import { AssertionPlaces } from './assertion-places';
import type { Client } from '../client';

export interface AssertionMemory {
  /** @returns false where the same was remembered before; true once this one is on disk */
  remember(use: {
    readonly tenant: string;
    readonly client: string;
    readonly jtiHash: Buffer;
    readonly until: Date;
  }): Promise<boolean>;
}

export interface AssertionsParts {
  readonly clients: ClientReader;
  readonly memory: AssertionMemory;
  readonly isActive: (tenant: string) => Promise<boolean>;
  /** What `aud` has to be: the URL of our token endpoint. */
  readonly audience: () => string;
  readonly clock?: Clock;
  readonly onTrouble?: (error: unknown) => void;
}

/** What SMART Backend Services asks every server to take. */
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384'] as const;
/** From now to the end of an assertion, in seconds. */
const LONGEST_S = 300;
/**
 * How much longer than it is good for an assertion is remembered, in seconds: who forgets it goes by the database's clock, which
 * may be ahead of the one by which it is believed here.
 */
const KEPT_S = 3_600;
const LONGEST_JTI = 255;
const CLIENT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Proves clients by their signed assertions (RFC 7523, SMART Backend Services): made for our token endpoint, at most five
 * minutes ahead, and good for one use.
 */
export class Assertions {
  private readonly keys = new Map<string, KeyFinder>();
  private readonly places = new AssertionPlaces();
  private readonly clock: Clock;

  constructor(private readonly parts: AssertionsParts) {
    this.clock = parts.clock ?? systemClock;
  }

  /** @throws ServingError `unauthenticated`, `unavailable`, `overloaded` */
  async clientOf(assertion: string): Promise<Client> {
    const { header, payload } = readToken(assertion, ['jku']);
    const { iss } = payload;
    if (typeof iss !== 'string' || !CLIENT_ID.test(iss) || !isAssertionAlgorithm(header.alg)) throw refused();
    const client = await this.places.lookUp(() => this.parts.clients.findById(iss));
    if (client === undefined || client.revokedAt !== null) throw refused();
    // It may repeat what is registered; it can never say anything new.
    if (header.jku !== undefined && header.jku !== client.jwksUri) throw refused();
    const nowMs = this.clock.now();
    const key = await findKey(this.keysOf(client), header);
    const rules = {
      issuer: client.id,
      audience: this.parts.audience(),
      algorithms: ASSERTION_ALGORITHMS,
      requiredClaims: ['sub', 'jti'],
      mayLackIssuedAt: true,
      nowMs,
    };
    const found = { keyFor: () => Promise.resolve(key) };
    const claims = await this.places.check(client.id, () => verifyToken(assertion, found, rules));
    if (claims.sub !== client.id) throw told('The "sub" of the assertion is not its "iss".');
    if (claims.exp > nowMs / 1000 + LONGEST_S + LEEWAY_S)
      throw told('The assertion ends more than five minutes from now.');
    const { jti } = claims;
    if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI)
      throw told('The assertion has no usable "jti".');
    if (!(await this.parts.isActive(client.tenant))) throw refused();
    await this.useOnce(client, jti, claims.exp);
    return client;
  }

  private async useOnce({ tenant, id }: Client, jti: string, exp: number): Promise<void> {
    const jtiHash = createHash('sha256').update(jti).digest();
    const until = new Date((exp + LEEWAY_S + KEPT_S) * 1000);
    const isFirst = await this.parts.memory.remember({ tenant, client: id, jtiHash, until });
    if (!isFirst) throw told('The assertion was used before.');
  }

  private keysOf(client: Client): KeyFinder {
    const { id, jwks, jwksUri } = client;
    const name = JSON.stringify([id, jwksUri, jwks]);
    const found = this.keys.get(name);
    if (found !== undefined) return found;
    if (this.keys.size >= REMEMBERED) this.keys.clear();
    const made = this.finderFor(client);
    this.keys.set(name, made);
    return made;
  }

  /** Keys that are registered cannot have changed since: one that is not among them is not waited for. */
  private finderFor({ jwks, jwksUri }: Client): KeyFinder {
    if (jwks !== null) return { keyFor: createLocalJWKSet(jwks) };
    if (jwksUri === null) throw refused();
    const { onTrouble } = this.parts;
    const read = async () => fetchJwks(keyUrl(jwksUri));
    return new KeyRing({ read, clock: this.clock, ...(onTrouble === undefined ? {} : { onTrouble }) });
  }
}

const isAssertionAlgorithm = (algorithm: string | undefined): boolean =>
  (ASSERTION_ALGORITHMS as readonly (string | undefined)[]).includes(algorithm);

/** Its signature was right: its maker may know what is wrong with it. */
const told = (detail: string): ServingError =>
  new ServingError('unauthenticated', detail, {
    remedy: 'Make a new assertion for each token, as docs/identity.md shows.',
  });
