import { ServingError } from '@medserve/errors';
import { errors, jwtVerify, type CryptoKey, type JWSHeaderParameters, type JWTPayload } from 'jose';
import { refused } from './token-shape';

/** How far the clock of who signs may be from ours, in seconds. */
export const LEEWAY_S = 60;

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly typ?: string | undefined;
  /** Claims that have to be there beside `exp`, `iat`, `iss` and `aud`. */
  readonly requiredClaims?: readonly string[];
  /** Whether `iat` may be missing: RFC 7523 leaves it out. */
  readonly mayLackIssuedAt?: boolean;
  readonly nowMs: number;
}

/** Where the key is found that a token says to be signed with. */
export interface KeyFinder {
  /** @throws ServingError `unavailable` where the keys cannot be had; JOSEError where none of them fits */
  keyFor(header: JWSHeaderParameters): Promise<CryptoKey>;
}

/** The claims of a token whose signature, times, issuer and audience are right. */
export type ProvenClaims = JWTPayload & { readonly exp: number };

/** The key of a token, for who has to have it before a signature is checked. @throws ServingError as `verifyToken` */
export async function findKey(keys: KeyFinder, header: JWSHeaderParameters): Promise<CryptoKey> {
  try {
    return await keys.keyFor(header);
  } catch (error) {
    throw explained(error);
  }
}

/**
 * @param token was read by `readToken`
 * @throws ServingError `unauthenticated`, which says what is wrong only where the signature was right; `unavailable` where
 *   the issuer's keys cannot be had
 */
export async function verifyToken(token: string, keys: KeyFinder, rules: TokenRules): Promise<ProvenClaims> {
  const { issuer, audience, algorithms, typ, requiredClaims = [], mayLackIssuedAt = false, nowMs } = rules;
  try {
    const { payload } = await jwtVerify(token, (header) => keys.keyFor(header), {
      algorithms: [...algorithms],
      issuer,
      audience,
      ...(typ === undefined ? {} : { typ }),
      clockTolerance: LEEWAY_S,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp', 'iss', 'aud', ...(mayLackIssuedAt ? [] : ['iat']), ...requiredClaims],
    });
    const claims = payload as ProvenClaims;
    if ((claims.iat ?? 0) > nowMs / 1000 + LEEWAY_S) throw notYet();
    return claims;
  } catch (error) {
    throw explained(error);
  }
}

const notYet = (): ServingError =>
  new ServingError('unauthenticated', 'The token is not valid yet.', {
    remedy: "Set the clock of the token's issuer: it is more than a minute ahead.",
  });

/** jose checks the claims after the signature, so what it says of them is said to who has the issuer's word. */
function explained(error: unknown): unknown {
  if (error instanceof ServingError) return error;
  if (error instanceof errors.JWTExpired) {
    return new ServingError('unauthenticated', 'The token has expired.', {
      remedy: 'Get a new token from its issuer.',
    });
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.reason === 'check_failed') {
    if (error.claim === 'nbf') return notYet();
    if (error.claim === 'aud') {
      return new ServingError('unauthenticated', 'The token is for another audience.', {
        remedy: 'Ask its issuer for a token for this platform.',
      });
    }
  }
  return error instanceof errors.JOSEError || error instanceof TypeError ? refused() : error;
}
