import { dirname, join } from 'node:path';
import {
  Assertions,
  Authenticator,
  loadPepper,
  OwnTokens,
  PersonIds,
  TokenProver,
  type TenantReader,
} from '@medserve/security';
import type { Logger } from '@medserve/runtime';
import type { Storage } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import type { GatewaySettings } from '../settings';
import { Directory } from './directory';
import { KeyRegistry } from './key-registry';
import { PlatformUrl } from './platform-url';
import { TokenEndpoint } from './token-endpoint';

export interface IdentityParts {
  readonly storage: Pick<Storage, 'keys' | 'identity'>;
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
}

export function gatewayIdentity(
  settings: GatewaySettings,
  { storage, activities, logger }: IdentityParts,
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
  const others = new TokenProver({ issuers: directory, people, ids: new PersonIds(pepper), onTrouble });
  const active: TenantReader = { isActive: (tenant) => tenants.isActive(tenant) };
  return {
    url,
    tokens,
    authenticator: new Authenticator(storage.keys, pepper, Date.now, {
      provers: [tokens, others],
      tenants: active,
      certificates: directory,
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
    registry: new KeyRegistry({ keys: storage.keys, sites: tenants, activities, pepper, now: () => new Date() }),
  };
}
