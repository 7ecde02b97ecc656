import type { JWTPayload } from 'jose';

/** The value under a name: the claim of that name, or where there is none, what a path with dots leads to. */
export function claimAt(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** Words of a claim: a list, or one text with spaces in between (as RFC 8693 has it for `scope`). */
export function wordsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

/** Which client a token was made for: RFC 9068's `client_id`, OpenID Connect's `azp`. */
export function clientOf({ client_id: client, azp }: JWTPayload): string | undefined {
  const found = client ?? azp;
  return typeof found === 'string' ? found : undefined;
}
