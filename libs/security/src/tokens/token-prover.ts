import { BELIEVED_MS, REMEMBERED, type Proof, type Prover } from '../prover';
import { ShortCache } from '../short-cache';
import { chooseLine } from './choose-line';
import { fetchJwks } from './fetch-jwks';
import type { IssuerReader, TrustedIssuer } from './issuer';
import { KeyRing, systemClock, type Clock } from './key-ring';
import { keyUrl } from './key-url';
import type { Person, PersonIds } from './person';
import { principalOfToken } from './principal-of-token';
import { LEEWAY_S, verifyToken, type ProvenClaims } from './verify-token';
import { looksLikeToken, readToken, refused } from './token-shape';

export interface PersonWriter {
  /** Resolves when an auditor can find out who that is. */
  remember(person: Person): Promise<void>;
}

export interface TokenProverParts {
  readonly issuers: IssuerReader;
  readonly people: PersonWriter;
  readonly ids: PersonIds;
  readonly clock?: Clock;
  /** Told when an issuer's keys cannot be read. */
  readonly onTrouble?: (error: unknown) => void;
}

/** What a token was made for. */
export interface TokenUse {
  readonly audience: string;
  /** The header `typ`; absent: any. */
  readonly typ?: string | undefined;
}

const ISSUERS = 1_000;

/** Access tokens of the issuers that operators named: JWTs, proven by the keys that those publish. */
export class TokenProver implements Prover {
  private readonly lines: ShortCache<readonly TrustedIssuer[]>;
  private readonly rings = new Map<string, KeyRing>();
  private readonly known = new Set<string>();
  private readonly clock: Clock;

  constructor(private readonly parts: TokenProverParts) {
    this.clock = parts.clock ?? systemClock;
    this.lines = new ShortCache(
      async (issuer) => {
        const lines = await parts.issuers.findByIssuer(issuer);
        return lines.length === 0 ? undefined : lines;
      },
      { now: () => this.clock.now(), maxAgeMs: BELIEVED_MS, limit: ISSUERS },
    );
  }

  takes(credential: string): boolean {
    return looksLikeToken(credential);
  }

  async prove(token: string): Promise<Proof> {
    const { header, payload } = readToken(token);
    const found = typeof payload.iss === 'string' ? await this.lines.get(payload.iss) : undefined;
    const line = found === undefined ? undefined : chooseLine(found.value, payload);
    // Before keys are asked for: a token with the wrong algorithm never makes this platform call anybody.
    if (found === undefined || line === undefined || !isFor(line, header.alg)) throw refused();
    const claims = await this.verify(token, line, { audience: line.audience, typ: line.typ ?? undefined });
    const principal = principalOfToken(line, claims, this.parts.ids);
    await this.remember({ tenant: line.tenant, id: principal.id, issuer: line.issuer, subject: String(claims.sub) });
    return { principal, expiresAtMs: (claims.exp + LEEWAY_S) * 1000, untilMs: found.untilMs };
  }

  /**
   * What a token says that the issuer of a line made for an audience, which may be another than the line's: an ID token is for a client.
   *
   * @throws ServingError `unauthenticated`, `unavailable`
   */
  async claimsFor(line: TrustedIssuer, token: string, made: TokenUse): Promise<ProvenClaims> {
    const { header } = readToken(token);
    if (!isFor(line, header.alg)) throw refused();
    return this.verify(token, line, made);
  }

  private verify(token: string, line: TrustedIssuer, { audience, typ }: TokenUse): Promise<ProvenClaims> {
    const { issuer, algorithms } = line;
    const rules = { issuer, algorithms, audience, typ, requiredClaims: ['sub'], nowMs: this.clock.now() };
    return verifyToken(token, this.ringOf(line), rules);
  }

  private ringOf({ jwksUri }: TrustedIssuer): KeyRing {
    const found = this.rings.get(jwksUri);
    if (found !== undefined) return found;
    if (this.rings.size >= ISSUERS) this.rings.clear();
    const { clock } = this;
    const { onTrouble } = this.parts;
    const read = async () => fetchJwks(keyUrl(jwksUri));
    const ring = new KeyRing({ read, clock, ...(onTrouble === undefined ? {} : { onTrouble }) });
    this.rings.set(jwksUri, ring);
    return ring;
  }

  /** Resolves when an auditor can find out who that is. */
  async remember(person: Person): Promise<void> {
    const name = `${person.tenant} ${person.id}`;
    if (this.known.has(name)) return;
    await this.parts.people.remember(person);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.add(name);
  }
}

const isFor = ({ algorithms }: TrustedIssuer, algorithm: string | undefined): boolean =>
  (algorithms as readonly (string | undefined)[]).includes(algorithm);
