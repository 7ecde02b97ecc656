import { ServingError } from '@medserve/errors';
import type { Authenticator, Principal } from '@medserve/security';
import type { ApiKeyStore } from '@medserve/storage';
import type { Attempts } from './attempts';
import type { CodeSignIn } from './code-sign-in';
import { meOf, type Me } from './me';
import type { RefusedSignIns } from './refused-sign-ins';
import type { BrowserSessions } from './sessions-of-browsers';

export type GivenToSignIn = { readonly key: string } | { readonly code: string };

export interface SignInParts {
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly keys: Pick<ApiKeyStore, 'find'>;
  readonly codes: Pick<CodeSignIn, 'begin'>;
  readonly sessions: BrowserSessions;
  readonly attempts: Attempts;
  readonly refused: Pick<RefusedSignIns, 'tell'>;
}

/** Who is signed in, and what their browser proves it with. */
export interface Signed {
  readonly secret: string;
  readonly me: Me;
}

/** Whoever has an API key, or a code that was made for one, signs in with it, and is told who is signed in. */
export class SignIn {
  constructor(private readonly parts: SignInParts) {}

  /**
   * @param given what somebody gave as a key, or as a code
   * @param address where it came from
   * @param before the secret of the session that the browser has, which ends
   * @throws ServingError `unauthenticated`, in the same words whatever is wrong; `quota_exceeded`, `unavailable`
   */
  async begin(given: GivenToSignIn, address: string, before?: string): Promise<Signed> {
    const { attempts, refused, codes, sessions } = this.parts;
    const takeBack = attempts.enter(address);
    const signed = await ('key' in given ? this.byKey(given.key) : codes.begin(given.code)).catch(
      async (error: unknown) => {
        if (error instanceof ServingError && error.category === 'unauthenticated') await refused.tell(error.reason);
        // An outage is nobody's guess.
        else takeBack();
        throw error;
      },
    );
    takeBack();
    if (before !== undefined) await sessions.end(before);
    return signed;
  }

  /** @param secret of the session that the request carries, where it is known by one */
  async me(principal: Principal, secret: string | undefined): Promise<Me> {
    const { keys, sessions } = this.parts;
    if (secret !== undefined) {
      const session = await sessions.find(secret);
      if (session !== undefined) return meOf(principal, session.name, session, sessions.limits);
    }
    const key = principal.kind === 'key' ? await keys.find(principal.tenant, principal.id) : undefined;
    return meOf(principal, key?.label);
  }

  /** Signs out. @throws ServingError `unavailable` */
  end(secret: string): Promise<void> {
    return this.parts.sessions.end(secret);
  }

  private async byKey(key: string): Promise<Signed> {
    const { authenticator, keys, sessions } = this.parts;
    const principal = await this.proven(authenticator, key);
    const found = await keys.find(principal.tenant, principal.id);
    if (found === undefined) throw wrongKey();
    const begun = await sessions.begin(principal, { key: found }, found.label);
    return { secret: begun.secret, me: meOf(principal, found.label, begun, sessions.limits) };
  }

  private async proven(authenticator: Pick<Authenticator, 'authenticate'>, key: string): Promise<Principal> {
    // Tokens of issuers are not typed in by anybody.
    if (!/^msk_\S+$/.test(key)) throw wrongKey();
    try {
      return await authenticator.authenticate(`Bearer ${key}`);
    } catch (error) {
      throw error instanceof ServingError && error.category === 'unauthenticated' ? wrongKey() : error;
    }
  }
}

const wrongKey = (): ServingError =>
  new ServingError('unauthenticated', 'This is no valid key.', {
    remedy: 'Give the whole key, as "npm start" or "medserve keys create" printed it; a key may have been revoked.',
  });
