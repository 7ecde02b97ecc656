import { ServingError } from '@medserve/errors';
import { hashOfSignInCode, isKeyAlive, principalOfKey, type TenantReader } from '@medserve/security';
import type { ApiKeyStore, SignInCodeStore } from '@medserve/storage';
import { meOf, type Me } from './me';
import type { BrowserSessions } from './sessions-of-browsers';

export interface CodeSignInParts {
  readonly codes: Pick<SignInCodeStore, 'find'>;
  readonly keys: Pick<ApiKeyStore, 'find'>;
  readonly tenants: TenantReader;
  readonly sessions: Pick<BrowserSessions, 'beginByCode' | 'limits'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Signs a browser in by the code of an address, as the key that the code was made for. The session and the end of the code are one
 * commit: of two browsers with one address, one is signed in.
 */
export class CodeSignIn {
  constructor(private readonly parts: CodeSignInParts) {}

  /** @throws ServingError `unauthenticated`, in the same words whatever is wrong; `unavailable` */
  async begin(code: string): Promise<{ readonly secret: string; readonly me: Me }> {
    const { codes, keys, tenants, sessions, now } = this.parts;
    const hash = hashOfSignInCode(code);
    const made = hash === undefined ? undefined : await codes.find(hash);
    const key = made === undefined ? undefined : await keys.find(made.tenant, made.key);
    if (hash === undefined || key === undefined || !isKeyAlive(key, now()) || !(await tenants.isActive(key.tenant)))
      throw wornOut();
    const principal = principalOfKey(key);
    const begun = await sessions.beginByCode(principal, { key }, key.label, hash);
    if (begun === undefined) throw wornOut();
    return { secret: begun.secret, me: meOf(principal, key.label, begun, sessions.limits) };
  }
}

const wornOut = (): ServingError =>
  new ServingError('unauthenticated', 'This code was used before, or is older than ten minutes.', {
    remedy: 'Run "medserve console" for a new address, or sign in with a key.',
  });
