import type { JSONWebKeySet, JWK } from 'jose';

const KEYS = 100;
const FAMILIES = new Set(['RSA', 'EC', 'OKP']);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A public key that signatures are checked with. A secret or a private key is no such thing, whoever publishes it. */
const isVerificationKey = (key: unknown): key is JWK =>
  isObject(key) &&
  FAMILIES.has(String(key['kty'])) &&
  key['d'] === undefined &&
  key['k'] === undefined &&
  (key['use'] === undefined || key['use'] === 'sig') &&
  (key['kid'] === undefined || typeof key['kid'] === 'string');

/**
 * The keys of a key set (RFC 7517) that signatures can be checked with. Others in it are passed over, as section 5 asks.
 *
 * @throws Error where it is no key set, or holds no such key
 */
export function readJwks(value: unknown): JSONWebKeySet {
  if (!isObject(value) || !Array.isArray(value['keys'])) throw new Error('it is not a set of keys');
  if (value['keys'].length > KEYS) throw new Error(`it holds more than ${String(KEYS)} keys`);
  const keys = value['keys'].filter(isVerificationKey);
  if (keys.length === 0) throw new Error('it holds no public key for signatures');
  return { keys };
}
