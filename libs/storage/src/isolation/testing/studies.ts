import { newEventId } from '@medserve/events';
import { LostLeaseError, NO_PLAN, type StudyWork } from '@medserve/studies';
import { isUnavailable, type Lane } from './lane';
import { hasLog } from './tenants';

const LEASE_MS = 1_000;

/* An engine works for all tenants: what it writes of one stays that one's. */

/** Brings on what is due, of whomever it is, and looks at what its own tenant then has. */
export async function workOnStudies(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const { studies } = world.gateway;
  const claimed = await lane
    .surely(() => studies.store.claim(`${tenant}/${String(lane.number)}`, 2, LEASE_MS))
    .catch(lost);
  for (const work of claimed ?? []) await complete(lane, work).catch(lost);
  const listed = await lane.surely(() => studies.list.list({ tenant, limit: 50 }));
  const isOnlyMine = listed.every(({ routes }) => routes.every((route) => route === wordOf(tenant)));
  lane.expect(isOnlyMine, 'a study of another tenant was there');
}

/** @throws LostLeaseError */
async function complete({ world }: Lane, work: StudyWork): Promise<void> {
  const { store } = world.gateway.studies;
  // Of a name that is none nothing can be told, so its studies stay as they are.
  if (work.state !== 'receiving' || !hasLog(work.tenant)) return store.release(work, LEASE_MS);
  const event = {
    id: newEventId(),
    schema: 1 as const,
    event: 'study_received' as const,
    at: new Date().toISOString(),
    tenant: work.tenant,
    actor: 'gateway',
    subject: 'study:0123',
    outcome: 'success' as const,
  };
  const plan = { ...NO_PLAN, routes: [wordOf(work.tenant)] };
  const why = { code: 'no_route', says: 'for a test' } as const;
  const counts = { because: 'quiet', instances: 1, series: 1, modalities: [], class: 'routine' } as const;
  await store.complete(work, work.arrivals, { ...counts, plan, runs: [], verdicts: [], why }, event);
}

const wordOf = (tenant: string): string => `of ${tenant}`;

/** Another lane took it, or the connection was cut: it is claimed again. */
function lost(error: unknown): undefined {
  if (error instanceof LostLeaseError || isUnavailable(error)) return undefined;
  throw error;
}
