import type { Principal } from '@medserve/security';

/** Who asked, as every event tells it. */
export function actorOf({ id, kind, tenant, site, department, role, purpose }: Principal) {
  return {
    tenant,
    actor: id,
    actorKind: kind,
    ...(site === undefined ? {} : { site }),
    ...(department === undefined ? {} : { department }),
    ...(role === undefined ? {} : { role }),
    ...(purpose === undefined ? {} : { purpose }),
  };
}
