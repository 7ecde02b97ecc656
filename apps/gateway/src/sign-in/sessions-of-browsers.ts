import { randomUUID } from 'node:crypto';
import {
  hashOfSession,
  isOver,
  latestEnd,
  mintSession,
  type Authenticator,
  type Principal,
  type SessionLimits,
  type SignedPerson,
} from '@medserve/security';
import type { SignInStore, StoredSignIn } from '@medserve/storage';
import type { Activities } from '../activities/activities';

export interface SessionsParts {
  readonly store: Pick<SignInStore, 'begin' | 'find' | 'end'>;
  readonly authenticator: Pick<Authenticator, 'forgetSession'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly limits: SessionLimits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type OfKey = { readonly key: { readonly id: string; readonly expiresAt: Date | null } };

/** Whom a session stands for. */
export type StandsFor = OfKey | { readonly person: SignedPerson };

export interface BegunSession {
  readonly secret: string;
  readonly endsAt: Date;
}

/** Begins and ends the sessions of browsers, each in one commit with its entry in the ledger. */
export class BrowserSessions {
  constructor(private readonly parts: SessionsParts) {}

  get limits(): SessionLimits {
    return this.parts.limits;
  }

  /**
   * Each sign-in has a secret of its own, which nobody knew before: one that was put into the browser is worth nothing.
   *
   * @param name what people call who signed in
   * @throws ServingError `unavailable`
   */
  async begin(by: Principal, standsFor: StandsFor, name: string | null): Promise<BegunSession> {
    const { begun, session, entry } = this.made(by, standsFor, name, 'key' in standsFor ? 'key' : 'issuer');
    await this.parts.store.begin(session, entry);
    return begun;
  }

  /**
   * As `begin`, with a code that is used up by it.
   *
   * @param code its SHA-256
   * @returns undefined where it was used up before
   * @throws ServingError `unavailable`
   */
  async beginByCode(by: Principal, key: OfKey, name: string, code: Buffer): Promise<BegunSession | undefined> {
    const { begun, session, entry } = this.made(by, key, name, 'code');
    return (await this.parts.store.begin(session, entry, code)) ? begun : undefined;
  }

  /** Undefined where it is over. */
  async find(secret: string): Promise<StoredSignIn | undefined> {
    const { store, limits, now } = this.parts;
    const hash = hashOfSession(secret);
    const found = hash === undefined ? undefined : await store.find(hash);
    return found === undefined || isOver(found, limits, now()) ? undefined : found;
  }

  /** Whoever has the secret ends it; one that is over stays so. @throws ServingError `unavailable` */
  async end(secret: string): Promise<void> {
    const { store, authenticator, activities } = this.parts;
    const session = await this.find(secret);
    authenticator.forgetSession(secret);
    if (session === undefined) return;
    const { tenant, key, person } = session;
    const by: Principal = {
      id: key ?? person?.id ?? '',
      kind: key === null ? 'user' : 'key',
      tenant,
      scopes: new Set(),
    };
    const entry = activities.eventOf(by, {
      event: 'signed_out',
      subject: `sign-in:${session.id}`,
      outcome: 'success',
    });
    await store.end(session, entry);
    authenticator.forgetSession(secret);
  }

  private made(by: Principal, standsFor: StandsFor, name: string | null, how: 'key' | 'code' | 'issuer') {
    const { activities, limits, now } = this.parts;
    const nowMs = now();
    const { secret, hash } = mintSession();
    const id = randomUUID();
    const isKey = 'key' in standsFor;
    const endsAt = latestEnd(nowMs, limits, isKey ? standsFor.key.expiresAt : null);
    const whose = isKey ? { key: standsFor.key.id, person: null } : { key: null, person: standsFor.person };
    return {
      begun: { secret, endsAt },
      session: { id, hash, tenant: by.tenant, ...whose, name, seenAt: new Date(nowMs), endsAt },
      entry: activities.eventOf(by, {
        event: 'signed_in',
        subject: `sign-in:${id}`,
        outcome: 'success',
        facts: { by: how },
      }),
    };
  }
}
