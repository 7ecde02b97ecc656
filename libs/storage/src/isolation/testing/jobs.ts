import type { ActivityEvent } from '@medserve/events';
import { activityEvent } from '@medserve/testkit';
import type { Lane } from './lane';
import { accept } from './requests';
import { hasLog, siteOf } from './tenants';

/* The list of jobs, which a trigger keeps and nobody else writes: each tenant has its own requests on it, as they stand. */

const PAGE = 50;

export async function useJobs(lane: Lane): Promise<void> {
  const roll = lane.random();
  if (roll < 0.4) return listJobs(lane);
  return roll < 0.8 ? findOwn(lane) : reachForForeign(lane);
}

async function listJobs(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const state = lane.random() < 0.5 ? 'completed' : undefined;
  const { jobs } = await lane.surely(() => world.gateway.jobs.list({ tenant, state, limit: PAGE }));
  const isOnlyMine = jobs.every(({ site }) => site === siteOf(tenant));
  lane.expect(isOnlyMine, 'a job of another tenant was listed');
}

async function findOwn(lane: Lane): Promise<void> {
  const request = lane.pick();
  if (request === undefined) return accept(lane);
  const job = await lane.surely(() => lane.world.gateway.jobs.find(lane.tenant, request.id));
  const isAsKnown = job?.state === request.status && job.site === siteOf(lane.tenant);
  lane.expect(isAsKnown, `a job is ${String(job?.state)} and not ${request.status}`);
}

/** What is another's is neither found nor ended. */
async function reachForForeign(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const id = world.foreignId(tenant, lane.random);
  if (id === undefined) return accept(lane);
  const { jobs } = world.gateway;
  const found = await lane.surely(() => jobs.find(tenant, id));
  lane.expect(found === undefined, 'a job of another tenant was found');
  // Of a name that is none nothing can be told, so it may end nothing.
  if (!hasLog(tenant)) return;
  const isAsked = await lane.surely(() => jobs.askToCancel(tenant, id, cancellation(tenant, id)));
  lane.expect(!isAsked, 'a job of another tenant was cancelled');
}

const cancellation = (tenant: string, id: string): ActivityEvent =>
  activityEvent({
    event: 'job_cancelled',
    tenant,
    subject: `result:${id}`,
  });
