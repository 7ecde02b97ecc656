import type { JWTPayload } from 'jose';
import { isKeyAlive, principalOfKey, type StoredKey } from '../keys/key-prover';
import type { Principal } from '../principal';
import { BELIEVED_MS, type Proof } from '../prover';
import type { IssuerReader } from '../tokens/issuer';
import type { PersonIds } from '../tokens/person';
import { principalOfToken } from '../tokens/principal-of-token';
import { refused } from '../tokens/token-shape';
import { hashOfSession } from './session-secret';
import { endOfSession, isOver, isToTouch, type SessionLimits, type SessionTimes } from './session-rules';

/** Who signed in at an issuer: its line, the person behind the word of the records, and what the token said that counts. */
export interface SignedPerson {
  readonly line: string;
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A session of a browser. It holds no rights: whom it stands for is asked anew what they may. */
export interface SignInSession extends SessionTimes {
  readonly id: string;
  readonly tenant: string;
  /** The id of the API key that it stands for; null: a person. */
  readonly key: string | null;
  readonly person: SignedPerson | null;
  /** What people call the one who signed in. */
  readonly name: string | null;
}

export interface SessionReader {
  find(hash: Buffer): Promise<SignInSession | undefined>;
  /** Writes down that it is used. */
  touch(session: SignInSession, at: Date): Promise<void>;
}

export interface SessionKeyReader {
  find(tenant: string, id: string): Promise<StoredKey | undefined>;
}

export interface SessionProverParts {
  readonly sessions: SessionReader;
  readonly keys: SessionKeyReader;
  readonly issuers: IssuerReader;
  readonly ids: PersonIds;
  readonly limits: SessionLimits;
  readonly now: () => number;
}

/**
 * Sessions of browsers. What ends the key or the person ends the session, and what they may is what they may now: the scopes of the
 * key, the line and the roles of the issuer.
 */
export class SessionProver {
  constructor(private readonly parts: SessionProverParts) {}

  /** @throws ServingError `unauthenticated`, `unavailable` */
  async prove(secret: string): Promise<Proof> {
    const { sessions, limits, now } = this.parts;
    const hash = hashOfSession(secret);
    const nowMs = now();
    const session = hash === undefined ? undefined : await sessions.find(hash);
    if (session === undefined || isOver(session, limits, nowMs)) throw refused();
    const principal = await this.principalOf(session, nowMs);
    if (isToTouch(session, nowMs)) await sessions.touch(session, new Date(nowMs));
    return { principal, expiresAtMs: endOfSession(session, limits), untilMs: nowMs + BELIEVED_MS };
  }

  private async principalOf({ tenant, key, person }: SignInSession, nowMs: number): Promise<Principal> {
    if (key !== null) {
      const found = await this.parts.keys.find(tenant, key);
      if (found === undefined || !isKeyAlive(found, nowMs)) throw refused();
      return principalOfKey(found);
    }
    const lines = person === null ? [] : await this.parts.issuers.findByIssuer(person.issuer);
    const line = lines.find(({ id }) => id === person?.line);
    if (person === null || line === undefined) throw refused();
    const claims: JWTPayload = { ...person.claims, sub: person.subject };
    return principalOfToken(line, claims, this.parts.ids);
  }
}
