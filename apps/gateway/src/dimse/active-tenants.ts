import { ServingError } from '@medserve/errors';
import { ShortCache, type TenantReader } from '@medserve/security';

/** Until so many milliseconds after a tenant is suspended its nodes may be served, over associations that stand, too. */
const BELIEVED_MS = 5_000;
const REMEMBERED = 1_000;

/** Whose nodes are served: a suspended tenant's are not, no more than its credentials. */
export class ActiveTenants {
  private readonly found: ShortCache<boolean>;

  constructor(tenants: TenantReader, now: () => number) {
    const options = { now, maxAgeMs: BELIEVED_MS, limit: REMEMBERED };
    this.found = new ShortCache((tenant) => tenants.isActive(tenant), options);
  }

  /** @throws ServingError `unavailable` */
  async isActive(tenant: string): Promise<boolean> {
    return (await this.found.get(tenant))?.value === true;
  }

  /** @throws ServingError `forbidden` where the tenant is suspended, or there is none of this name; `unavailable` */
  async require(tenant: string): Promise<void> {
    if (!(await this.isActive(tenant)))
      throw new ServingError('forbidden', 'The hospital may not use the platform at the moment.');
  }
}
