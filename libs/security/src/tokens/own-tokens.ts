import { randomUUID } from 'node:crypto';
import { SignJWT, type JSONWebKeySet } from 'jose';
import type { Client } from '../client';
import type { Principal } from '../principal';
import { BELIEVED_MS, REMEMBERED, type Proof, type Prover } from '../prover';
import { ShortCache } from '../short-cache';
import type { Scope } from '../scopes';
import { KeyRing, systemClock, type Clock } from './key-ring';
import { publicKeys, readOwnKeys, type OwnKey } from './own-keys';
import { allowed, scopeWords } from './principal-of-token';
import { LEEWAY_S, verifyToken } from './verify-token';
import { looksLikeToken, readToken, refused } from './token-shape';

export interface ClientReader {
  findById(id: string): Promise<Client | undefined>;
}

export interface OwnTokensParts {
  /** Folder of the keys that sign. */
  readonly folder: string;
  /** The `iss` and `aud` of our tokens: the URL of this platform. */
  readonly issuer: () => string;
  readonly clients: ClientReader;
  readonly clock?: Clock;
}

export interface AccessToken {
  readonly token: string;
  readonly scopes: readonly Scope[];
  readonly expiresInS: number;
}

const ACCESS_TOKEN_S = 300;
const TYP = 'at+jwt';
const ALGORITHM = 'EdDSA';

/** The access tokens that this platform gives to registered clients (RFC 9068), and believes. */
export class OwnTokens implements Prover {
  private readonly clock: Clock;
  private readonly ring: KeyRing;
  private readonly clients: ShortCache<Client>;
  private readonly signers: ShortCache<OwnKey>;

  constructor(private readonly parts: OwnTokensParts) {
    this.clock = parts.clock ?? systemClock;
    const now = (): number => this.clock.now();
    this.ring = new KeyRing({ read: () => this.publicKeys(), clock: this.clock });
    this.clients = new ShortCache((id) => parts.clients.findById(id), {
      now,
      maxAgeMs: BELIEVED_MS,
      limit: REMEMBERED,
    });
    this.signers = new ShortCache(async () => (await readOwnKeys(parts.folder))[0], {
      now,
      maxAgeMs: BELIEVED_MS,
      limit: 1,
    });
  }

  async publicKeys(): Promise<JSONWebKeySet> {
    return publicKeys(await readOwnKeys(this.parts.folder));
  }

  /** @param scopes of the client's */
  async issue(client: Client, scopes: readonly Scope[]): Promise<AccessToken> {
    const signer = await this.signers.get('');
    if (signer === undefined) throw new Error('there is no key that signs tokens');
    const { kid, key } = signer.value;
    const atS = Math.floor(this.clock.now() / 1000);
    const issuer = this.parts.issuer();
    const token = await new SignJWT({ client_id: client.id, scope: scopes.join(' ') })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYP, kid })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(client.id)
      .setIssuedAt(atS)
      .setExpirationTime(atS + ACCESS_TOKEN_S)
      .setJti(randomUUID())
      .sign(key);
    return { token, scopes, expiresInS: ACCESS_TOKEN_S };
  }

  /** By what the token says of itself; another issuer's is another prover's. */
  takes(credential: string): boolean {
    if (!looksLikeToken(credential)) return false;
    try {
      return readToken(credential).payload.iss === this.parts.issuer();
    } catch {
      return false;
    }
  }

  async prove(token: string): Promise<Proof> {
    if (readToken(token).header.alg !== ALGORITHM) throw refused();
    const issuer = this.parts.issuer();
    const claims = await verifyToken(token, this.ring, {
      issuer,
      audience: issuer,
      algorithms: [ALGORITHM],
      typ: TYP,
      requiredClaims: ['sub', 'jti'],
      nowMs: this.clock.now(),
    });
    const found = await this.clients.get(String(claims.sub));
    if (found === undefined || found.value.revokedAt !== null) throw refused();
    const principal = principalOfClient(found.value, allowed(scopeWords(claims), found.value.scopes));
    return { principal, expiresAtMs: (claims.exp + LEEWAY_S) * 1000, untilMs: found.untilMs };
  }
}

/** Who asks when a registered client does. */
export const principalOfClient = (
  { id, tenant, site, department }: Pick<Client, 'id' | 'tenant' | 'site' | 'department'>,
  scopes: ReadonlySet<Scope>,
): Principal => ({
  id,
  kind: 'client',
  tenant,
  ...(site === null ? {} : { site }),
  ...(department === null ? {} : { department }),
  role: 'integration',
  scopes,
});
