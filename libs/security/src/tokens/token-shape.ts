import { ServingError } from '@medserve/errors';
import type { JWSHeaderParameters, JWTPayload } from 'jose';
import { hasUniqueNames } from './unique-names';

/** Of a whole token, in characters, which are bytes. */
const LARGEST_TOKEN = 16_384;

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
/** By these a token would bring its own key, or say where to get one. */
const KEY_BEARERS = ['jwk', 'jku', 'x5u', 'x5c'] as const;

/** Claims that are looked up or written down. */
const NAMES = ['iss', 'sub', 'client_id', 'azp', 'jti'] as const;
/** No name holds such, and a database would refuse to be asked for one. */
const CONTROL = /\p{Cc}/u;

/** What a token says before anything of it is proven. */
export interface UnprovenToken {
  readonly header: JWSHeaderParameters;
  readonly payload: JWTPayload;
}

/** Whether it could be a signed token: three parts of base64url. */
export const looksLikeToken = (text: string): boolean => text.length <= LARGEST_TOKEN && COMPACT.test(text);

/** The words are the same for every credential that proves nothing. */
export const refused = (): ServingError => new ServingError('unauthenticated', 'The request carries no valid key.');

/**
 * Reads a token without believing it. Extensions that have to be understood (`crit`), `b64` and keys that the token brings
 * along are refused, not skipped. So are names with control characters.
 *
 * @param bearers header parameters that may be there all the same, for who checks them against what is registered
 * @throws ServingError `unauthenticated`
 */
export function readToken(token: string, bearers: readonly string[] = []): UnprovenToken {
  const parts = token.length <= LARGEST_TOKEN ? COMPACT.exec(token) : null;
  const [, headerText, payloadText] = parts ?? [];
  if (headerText === undefined || payloadText === undefined) throw refused();
  const header = readObject(headerText) as JWSHeaderParameters;
  const payload = readObject(payloadText) as JWTPayload;
  const brings = KEY_BEARERS.some((name) => header[name] !== undefined && !bearers.includes(name));
  if (brings || header.crit !== undefined || header.b64 !== undefined) throw refused();
  if (header.kid !== undefined && typeof header.kid !== 'string') throw refused();
  const names: unknown[] = [header.kid, ...NAMES.map((name) => payload[name])];
  if (names.some((name) => typeof name === 'string' && CONTROL.test(name))) throw refused();
  return { header, payload };
}

function readObject(part: string): Record<string, unknown> {
  const text = Buffer.from(part, 'base64url').toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !hasUniqueNames(text)) throw refused();
  return value as Record<string, unknown>;
}
