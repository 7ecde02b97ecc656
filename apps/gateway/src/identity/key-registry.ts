import { randomUUID } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { mintApiKey, permitted, type Principal } from '@medserve/security';
import type { ApiKey, NewApiKey, Site } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import { endOf, scopesFor, type NewKey } from './new-key';

export interface KeyRegistryParts {
  readonly keys: {
    insert(key: NewApiKey): Promise<void>;
    list(tenant: string): Promise<readonly ApiKey[]>;
    revoke(id: string, tenant: string): Promise<boolean>;
  };
  readonly sites: { sitesOf(tenant: string): Promise<readonly Site[]> };
  readonly activities: Pick<Activities, 'tell'>;
  readonly pepper: Buffer;
  readonly now: () => Date;
}

/** A key as its tenant may see it: without its secret. */
export type ShownKey = Omit<ApiKey, 'hash' | 'tenant'> & { readonly state: 'valid' | 'expired' | 'revoked' };

/** The keys of a tenant, in the hands of its own administrators. */
export class KeyRegistry {
  constructor(private readonly parts: KeyRegistryParts) {}

  /** @returns the key itself, which is shown once */
  async create(maker: Principal, wanted: NewKey): Promise<{ readonly key: string; readonly shown: ShownKey }> {
    const { keys, sites, activities, pepper, now } = this.parts;
    const { tenant } = maker;
    const scopes = scopesFor(maker, wanted);
    const { label, site, department, role } = wanted;
    if (site !== undefined && !(await sites.sitesOf(tenant)).some(({ id }) => id === site)) {
      throw new ServingError('invalid_request', 'The tenant has no such site.', { field: 'site' });
    }
    const { key, prefix, hash } = mintApiKey(pepper);
    const id = randomUUID();
    const createdAt = now();
    const expiresAt = endOf(wanted.days, createdAt);
    const place = { site: site ?? null, department: department ?? null, role: role ?? null };
    await keys.insert({ id, prefix, hash, scopes, tenant, label, expiresAt, ...place });
    // Nobody has seen the key yet: without its entry in the ledger nobody will.
    await activities.tell(maker, {
      event: 'key_created',
      subject: `key:${id}`,
      outcome: 'success',
      facts: { scopes: scopes.length, ...(role === undefined ? {} : { role }), expires: expiresAt !== null },
    });
    return {
      key,
      shown: shownOf(
        { id, prefix, hash, scopes, tenant, label, createdAt, expiresAt, revokedAt: null, ...place },
        createdAt,
      ),
    };
  }

  async list({ tenant }: Principal): Promise<ShownKey[]> {
    const now = this.parts.now();
    return (await this.parts.keys.list(tenant)).map((key) => shownOf(key, now));
  }

  /** @throws ServingError `not_found` where the tenant has no valid key with this id */
  async revoke(by: Principal, id: string): Promise<void> {
    const { keys, activities } = this.parts;
    const found = (await keys.list(by.tenant)).find((key) => key.id === id && key.revokedAt === null);
    permitted(by, 'revoke', 'key', found);
    await activities.tell(by, { event: 'key_revoked', subject: `key:${id}`, outcome: 'success' });
    await keys.revoke(id, by.tenant);
  }
}

function shownOf(key: ApiKey, now: Date): ShownKey {
  const { id, prefix, label, scopes, site, department, role, createdAt, expiresAt, revokedAt } = key;
  const isOver = expiresAt !== null && expiresAt <= now;
  const state = revokedAt !== null ? 'revoked' : isOver ? 'expired' : 'valid';
  return { id, prefix, label, scopes, site, department, role, createdAt, expiresAt, revokedAt, state };
}
