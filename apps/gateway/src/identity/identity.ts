import { dirname, join } from 'node:path';
import {
  Assertions,
  Authenticator,
  loadPepper,
  OwnTokens,
  PersonIds,
  SessionProver,
  TokenProver,
  type IssuerReader,
  type SessionLimits,
  type TenantReader,
} from '@medserve/security';
import type { Logger } from '@medserve/runtime';
import type { Storage } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import type { GatewaySettings } from '../settings';
import { Directory } from './directory';
import { KeyRegistry } from './key-registry';
import { PlatformUrl } from '../http/platform-url';
import { TokenEndpoint } from './token-endpoint';

export interface IdentityParts {
  readonly storage: Pick<Storage, 'keys' | 'identity' | 'signIns'>;
  readonly limits: SessionLimits;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly logger: Logger;
}

/** What the gateway knows of who may ask. */
export interface GatewayIdentity {
  readonly authenticator: Authenticator;
  readonly url: PlatformUrl;
  readonly tokens: OwnTokens;
  readonly endpoint: TokenEndpoint;
  readonly registry: KeyRegistry;
  /** What a sign-in at an issuer is proven by: the same that proves the issuer's tokens. */
  readonly signIn: {
    readonly issuers: IssuerReader;
    readonly tokens: TokenProver;
    readonly ids: PersonIds;
    readonly pepper: Buffer;
  };
}

export function gatewayIdentity(
  settings: GatewaySettings,
  { storage, limits, activities, logger }: IdentityParts,
): GatewayIdentity {
  const pepper = loadPepper(settings.MEDSERVE_PEPPER_FILE);
  const url = new PlatformUrl(settings.MEDSERVE_PUBLIC_URL);
  const { tenants, people, assertions } = storage.identity;
  const directory = new Directory(storage.identity);
  const onTrouble = (error: unknown): void => {
    logger.warn('the keys of an issuer could not be read; those that it had are used for an hour', { error });
  };
  const tokens = new OwnTokens({
    folder: settings.MEDSERVE_TOKEN_KEYS_DIR ?? join(dirname(settings.MEDSERVE_PEPPER_FILE), 'tokens'),
    issuer: () => url.get(),
    clients: directory,
  });
  const ids = new PersonIds(pepper);
  const others = new TokenProver({ issuers: directory, people, ids, onTrouble });
  const { keys, signIns } = storage;
  const active: TenantReader = { isActive: (tenant) => tenants.isActive(tenant) };
  return {
    url,
    tokens,
    authenticator: new Authenticator(storage.keys, pepper, Date.now, {
      provers: [tokens, others],
      tenants: active,
      certificates: directory,
      sessions: new SessionProver({ sessions: signIns, keys, issuers: directory, ids, limits, now: Date.now }),
    }),
    endpoint: new TokenEndpoint({
      tokens,
      assertions: new Assertions({
        clients: directory,
        memory: assertions,
        isActive: (tenant) => tenants.isActive(tenant),
        audience: () => url.tokenEndpoint,
        onTrouble,
      }),
    }),
    signIn: { issuers: directory, tokens: others, ids, pepper },
    registry: new KeyRegistry({ keys: storage.keys, sites: tenants, activities, pepper, now: () => new Date() }),
  };
}
