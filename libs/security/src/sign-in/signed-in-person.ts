import { ServingError } from '@medserve/errors';
import { decodeJwt, type JWTPayload } from 'jose';
import type { Principal } from '../principal';
import { chooseLine } from '../tokens/choose-line';
import { claimAt } from '../tokens/claim';
import type { TrustedIssuer } from '../tokens/issuer';
import type { PersonIds } from '../tokens/person';
import { principalOfToken } from '../tokens/principal-of-token';
import { looksLikeToken, refused } from '../tokens/token-shape';
import type { TokenProver } from '../tokens/token-prover';
import type { SignedPerson } from './session-prover';

/** What an issuer gave for a code (OpenID Connect Core 1.0, 3.1.3.3). */
export interface GivenTokens {
  readonly idToken: string;
  readonly accessToken?: string | undefined;
}

export interface SignedIn {
  readonly principal: Principal;
  readonly person: SignedPerson;
  readonly name: string | null;
}

const LONGEST_NAME = 120;

/**
 * Who signed in at an issuer. The ID token says who it is; the access token, where it is one for this platform, says what they may, just
 * as it would as a bearer token. Where it is opaque or for somebody else, the ID token says that, too.
 */
export class PersonSignIn {
  constructor(
    private readonly tokens: Pick<TokenProver, 'claimsFor' | 'remember'>,
    private readonly ids: PersonIds,
  ) {}

  /**
   * @param line by which people sign in
   * @param lines all of its issuer, one of which the token has to fit best
   * @param client the id that the issuer knows this platform by
   * @param nonce of the flow
   * @throws ServingError `unauthenticated`, `forbidden`, `unavailable`
   */
  async prove(
    tokens: GivenTokens,
    {
      line,
      lines,
      client,
      nonce,
    }: { line: TrustedIssuer; lines: readonly TrustedIssuer[]; client: string; nonce: string },
  ): Promise<SignedIn> {
    const told = await this.tokens.claimsFor(line, tokens.idToken, { audience: client });
    if (told['nonce'] !== nonce || (told['azp'] ?? client) !== client) throw refused();
    const access = await this.accessClaims(line, tokens.accessToken);
    if (access !== undefined && access.sub !== told.sub) throw refused();
    const claims: JWTPayload = access ?? { ...told, client_id: client };
    if (chooseLine(lines, claims) !== line) throw strange();
    const principal = principalOfToken(line, claims, this.ids);
    if (principal.kind !== 'user' || principal.scopes.size === 0) throw strange();
    const subject = String(claims.sub);
    const { tenant, issuer } = line;
    await this.tokens.remember({ tenant, id: principal.id, issuer, subject });
    const person = { line: line.id, id: principal.id, issuer, subject, claims: keptClaims(line, claims) };
    return { principal, person, name: nameOf(told) };
  }

  /** Undefined where the access token is not one for this platform. */
  private async accessClaims(line: TrustedIssuer, token: string | undefined): Promise<JWTPayload | undefined> {
    if (token === undefined || !audienceOf(token).includes(line.audience)) return undefined;
    return this.tokens.claimsFor(line, token, { audience: line.audience, typ: line.typ ?? undefined });
  }
}

/** Whom an access token is for, unproven. One that is no JWT is opaque (RFC 6749, 1.4), however many dots it has: it is for nobody here. */
function audienceOf(token: string): readonly unknown[] {
  if (!looksLikeToken(token)) return [];
  try {
    return [decodeJwt(token).aud].flat();
  } catch {
    return [];
  }
}

/** What a session needs of a token to say anew what a person may: no more of it is stored. */
function keptClaims({ claims: names, claim }: TrustedIssuer, claims: JWTPayload): Record<string, unknown> {
  const { role, site, department, purpose } = names;
  const wanted = ['scope', 'scp', 'client_id', 'azp', claim?.name, role, site, department, purpose];
  const kept = new Map<string, unknown>();
  for (const name of wanted) {
    const value = name === undefined ? undefined : claimAt(claims, name);
    if (name !== undefined && value !== undefined) kept.set(name, value);
  }
  return Object.fromEntries(kept);
}

function nameOf({ name, preferred_username: username }: JWTPayload): string | null {
  const found = [name, username].find((text) => typeof text === 'string' && text.trim() !== '') as string | undefined;
  return (
    found
      ?.replaceAll(/\p{Cc}/gu, ' ')
      .slice(0, LONGEST_NAME)
      .toWellFormed() ?? null
  );
}

const strange = (): ServingError =>
  new ServingError('forbidden', 'The account has no rights here.', {
    remedy:
      'Ask the administrator of the accounts for a role on this platform; "medserve issuers list" shows what is asked for.',
  });
