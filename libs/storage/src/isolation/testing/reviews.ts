import { newEventId } from '@medserve/events';
import { activityEvent } from '@medserve/testkit';
import { isUnavailable, type Lane } from './lane';
import { accept } from './requests';
import { hasLog } from './tenants';

/* What readers say of answers, also of those of others, whose ids they may know: each tenant sees its own readers' words alone. */

export async function review(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const own = lane.pick()?.id;
  if (own === undefined) return accept(lane);
  const { reviews } = world.gateway;
  const foreign = lane.random() < 0.4 ? world.foreignId(tenant, lane.random) : undefined;
  // Of a name that is none nothing can be told, so it says nothing.
  if (hasLog(tenant)) await say(lane, foreign ?? own);
  for (const request of [own, foreign]) {
    const listed = request === undefined ? [] : await lane.surely(() => reviews.list(tenant, request));
    lane.expect(
      listed.every(({ actor }) => actor === tenant),
      'a review of another tenant was listed',
    );
  }
}

async function say({ world, tenant }: Lane, request: string): Promise<void> {
  const id = newEventId();
  const event = activityEvent({
    event: 'result_attested',
    tenant,
    subject: `result:${request}`,
  });
  const said = { id, tenant, request, verdict: 'attested', reason: null, actor: tenant, role: null } as const;
  await world.gateway.reviews.add({ ...said, corrections: null }, event).catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
  });
}
