import { randomUUID } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { isId } from '@medserve/events';
import { mintApiKey, permitted, type Principal } from '@medserve/security';
import type { ApiKey, ApiKeyStore, Site } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import { endOf, scopesFor, type NewKey, type WantedPage } from './new-key';

export interface KeyRegistryParts {
  readonly keys: Pick<ApiKeyStore, 'create' | 'page' | 'find' | 'revoke'>;
  readonly sites: { sitesOf(tenant: string): Promise<readonly Site[]> };
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly pepper: Buffer;
  readonly now: () => Date;
}

/** A key as its tenant may see it: without its secret. */
export type ShownKey = Omit<ApiKey, 'hash' | 'tenant'> & { readonly state: 'valid' | 'expired' | 'revoked' };

export interface ShownPage {
  readonly keys: readonly ShownKey[];
  /** `cursor` of the next page; null: there is none. */
  readonly next: string | null;
}

/** The keys of a tenant, in the hands of its own administrators. */
export class KeyRegistry {
  constructor(private readonly parts: KeyRegistryParts) {}

  /**
   * Makes a key in one commit with its entry in the ledger.
   *
   * @returns the key itself, which is shown once
   * @throws ServingError `forbidden`, `invalid_request`; `quota_exceeded` where the tenant has too many; `unavailable`
   */
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
    const entry = activities.eventOf(maker, {
      event: 'key_created',
      subject: `key:${id}`,
      outcome: 'success',
      facts: { scopes: scopes.length, ...(role === undefined ? {} : { role }), expires: expiresAt !== null },
    });
    await keys.create({ id, prefix, hash, scopes, tenant, label, expiresAt, ...place }, entry);
    return {
      key,
      shown: shownOf(
        { id, prefix, hash, scopes, tenant, label, createdAt, expiresAt, revokedAt: null, ...place },
        createdAt,
      ),
    };
  }

  /** One page of the tenant's keys, oldest first. */
  async list({ tenant }: Principal, { limit, cursor }: WantedPage): Promise<ShownPage> {
    const now = this.parts.now();
    const found = await this.parts.keys.page(tenant, { limit: limit + 1, after: cursor });
    const keys = found.slice(0, limit);
    return {
      keys: keys.map((key) => shownOf(key, now)),
      next: found.length > limit ? (keys.at(-1)?.id ?? null) : null,
    };
  }

  /** @throws ServingError `not_found` where the tenant has no valid key with this id */
  async revoke(by: Principal, id: string): Promise<void> {
    const { keys, activities } = this.parts;
    const found = isId(id) ? await keys.find(by.tenant, id) : undefined;
    permitted(by, 'revoke', 'key', found?.revokedAt === null ? found : undefined);
    await keys.revoke(
      by.tenant,
      id,
      activities.eventOf(by, { event: 'key_revoked', subject: `key:${id}`, outcome: 'success' }),
    );
  }
}

function shownOf(key: ApiKey, now: Date): ShownKey {
  const { id, prefix, label, scopes, site, department, role, createdAt, expiresAt, revokedAt } = key;
  const isOver = expiresAt !== null && expiresAt <= now;
  const state = revokedAt !== null ? 'revoked' : isOver ? 'expired' : 'valid';
  return { id, prefix, label, scopes, site, department, role, createdAt, expiresAt, revokedAt, state };
}
