import { dirname, join } from 'node:path';
import type { Logger } from '@medserve/runtime';
import { PersonSignIn, type Authenticator, type SessionLimits } from '@medserve/security';
import type { Storage } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import type { Denials } from '../activities/denials';
import type { GatewayIdentity } from '../identity/identity';
import type { GatewaySettings } from '../settings';
import { Attempts } from './attempts';
import { CodeFlow } from './code-flow';
import { CodeSignIn } from './code-sign-in';
import { IssuerSignIn } from './issuer-sign-in';
import { Providers } from './providers';
import { RefusedSignIns } from './refused-sign-ins';
import { SealedFlows } from './sealed-flow';
import { SessionDoor } from '../identity/session-door';
import { BrowserSessions } from './sessions-of-browsers';
import { SignIn } from './sign-in';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export const sessionLimits = (
  settings: Pick<GatewaySettings, 'MEDSERVE_SIGN_IN_IDLE_MINUTES' | 'MEDSERVE_SIGN_IN_HOURS'>,
): SessionLimits => ({
  idleMs: settings.MEDSERVE_SIGN_IN_IDLE_MINUTES * MINUTE_MS,
  longestMs: settings.MEDSERVE_SIGN_IN_HOURS * HOUR_MS,
});

export interface SignInRoomParts {
  readonly settings: GatewaySettings;
  readonly storage: Pick<Storage, 'keys' | 'identity' | 'signIns' | 'signInCodes'>;
  readonly identity: Pick<GatewayIdentity, 'authenticator' | 'url' | 'signIn'>;
  readonly activities: Activities;
  readonly denials: Denials;
  readonly logger: Logger;
}

/** What the routes of sign-in stand on. */
export interface SignInRoom {
  readonly signIn: SignIn;
  readonly issuerSignIn: IssuerSignIn;
  readonly sessionDoor: SessionDoor;
}

export function openSignIn({ settings, storage, identity, activities, denials, logger }: SignInRoomParts): SignInRoom {
  const { url, signIn: known } = identity;
  const authenticator: Authenticator = identity.authenticator;
  const sessions = new BrowserSessions({
    store: storage.signIns,
    authenticator,
    activities,
    limits: sessionLimits(settings),
    now: Date.now,
  });
  const steady = (): number => performance.now();
  const attempts = new Attempts(steady);
  const refused = new RefusedSignIns(activities, denials, steady);
  const secrets = settings.MEDSERVE_SIGN_IN_SECRETS_DIR ?? join(dirname(settings.MEDSERVE_PEPPER_FILE), 'sign-in');
  return {
    sessionDoor: new SessionDoor(() => url.get()),
    signIn: new SignIn({
      authenticator,
      keys: storage.keys,
      codes: new CodeSignIn({
        codes: storage.signInCodes,
        keys: storage.keys,
        tenants: storage.identity.tenants,
        sessions,
        now: Date.now,
      }),
      sessions,
      attempts,
      refused,
    }),
    issuerSignIn: new IssuerSignIn({
      providers: new Providers(storage.identity.issuers, secrets, steady),
      issuers: known.issuers,
      tenants: storage.identity.tenants,
      flow: new CodeFlow(() => `${url.get()}/v1/sign-in/oidc/callback`, steady),
      sealed: new SealedFlows(known.pepper, Date.now),
      people: new PersonSignIn(known.tokens, known.ids),
      sessions,
      attempts,
      refused,
      memory: storage.identity.assertions,
      logger,
      now: Date.now,
    }),
  };
}
