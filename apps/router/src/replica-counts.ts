import { isAble } from '@medserve/serving';
import type { ReplicaCounts } from './demand/scaling-pool';
import type { Member } from './member';
import type { Replica } from './replica';

/** Of a described pool every pod is a replica. One that has said that it ends and is gone counts no more. */
export function countMembers(members: readonly Member[]): ReplicaCounts {
  const counts = { ready: 0, starting: 0, draining: 0 };
  for (const { reachable, settled, draining } of members) {
    if (draining) counts.draining += reachable ? 1 : 0;
    else if (settled) counts.ready += 1;
    else counts.starting += 1;
  }
  return counts;
}

/** Of a model that is a pool of its own, what has it loaded is ready. */
export function countReplicas(replicas: readonly Replica[], wanted: { readonly digest: string }): ReplicaCounts {
  const counts = { ready: 0, starting: 0, draining: 0 };
  for (const replica of replicas) {
    if (replica.isWithout) continue;
    if (replica.isDraining) counts.draining += 1;
    else if (isAble(replica, wanted) && (replica.state === 'ready' || replica.link === 'up')) counts.ready += 1;
    else counts.starting += 1;
  }
  return counts;
}

export const addCounts = (
  one: ReplicaCounts,
  other: ReplicaCounts = { ready: 0, starting: 0, draining: 0 },
): ReplicaCounts => ({
  ready: one.ready + other.ready,
  starting: one.starting + other.starting,
  draining: one.draining + other.draining,
});
