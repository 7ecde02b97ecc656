import type { Storage } from '@medserve/storage';

type Tenants = Pick<Storage, 'identity'>;

/** @throws Error where there is no such tenant */
export async function requireTenant({ identity }: Tenants, id: string): Promise<void> {
  if ((await identity.tenants.find(id)) !== undefined) return;
  throw new Error(`there is no tenant "${id}"; "medserve tenants list" shows them, "medserve tenants add" makes one`);
}

/** @throws Error where the tenant has no such site */
export async function requireSite({ identity }: Tenants, tenant: string, site: string | undefined): Promise<void> {
  if (site === undefined) return;
  if ((await identity.tenants.sitesOf(tenant)).some(({ id }) => id === site)) return;
  throw new Error(`the tenant "${tenant}" has no site "${site}"; "medserve sites list --tenant ${tenant}" shows them`);
}

/** The ids of what we keep; anything else is not asked for. */
export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
