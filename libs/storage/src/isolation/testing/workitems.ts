import type { ActivityEvent } from '@medserve/events';
import { activityEvent } from '@medserve/testkit';
import type { Lane } from './lane';
import { hasLog } from './tenants';

/* Workitems of all tenants have the same few UIDs and the same label: what one does, only its own may show. */

const UIDS = Array.from({ length: 20 }, (_, at) => `2.25.${String(at)}`);
const LABEL = 'for-all';

const eventOf = (tenant: string): ActivityEvent =>
  activityEvent({
    event: 'workitem_changed',
    tenant,
    subject: 'workitem:0123',
  });

/** Creates, claims or cancels one, and looks at the worklist that its own tenant then has. */
export async function workOnWorkitems(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const { store, orders } = world.gateway.workitems;
  const key = { tenant, uid: UIDS[Math.floor(lane.random() * UIDS.length)] ?? '' };
  const dataSet = { '00100020': { vr: 'LO', Value: [tenant] } };
  const item = {
    ...key,
    dataSet,
    label: LABEL,
    priority: 'LOW',
    readiness: 'READY',
    studyUids: [],
    inputs: [],
  } as const;
  const scheduledAt = new Date();
  const ways: readonly (() => Promise<unknown>)[] = [
    () => store.create({ ...item, scheduledAt, patientId: tenant }, eventOf(tenant)),
    () => store.claim(key, `2.25.9${String(lane.number)}`, eventOf(tenant)),
    () => store.cancel(key, 0, dataSet, eventOf(tenant)),
    () => orders.place(key),
  ];
  const way = ways[Math.floor(lane.random() * ways.length)];
  // Of a name that is none nothing can be told, so its worklist stays empty.
  if (hasLog(tenant)) await lane.surely(async () => way?.());
  const found = await lane.surely(() => store.search({ tenant, match: { labels: [LABEL] }, limit: 50, offset: 0 }));
  const isOnlyMine = found.every((one) => one.dataSet?.['00100020']?.Value?.[0] === tenant);
  lane.expect(isOnlyMine, 'a workitem of another tenant was there');
}
