import { newEventId, type ActivityEvent } from '@medserve/events';
import type { Storage } from '@medserve/storage';

/** Puts on record what an operator does: before it happens, so that what cannot be told is not done. */
export function tell(
  storage: Pick<Storage, 'activities'>,
  tenant: string,
  deed: Pick<ActivityEvent, 'event' | 'subject' | 'facts'>,
): Promise<void> {
  return storage.activities.record({
    id: newEventId(),
    schema: 1,
    at: new Date().toISOString(),
    tenant,
    actor: 'operator',
    actorKind: 'service',
    outcome: 'success',
    ...deed,
  });
}

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
