import type { ActivityEvent } from '@medserve/events';
import { tellIn } from '../audit/tell-in';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';
import { filterOf, keptAs, type Subscribed, type Subscriber, type WaitingReport } from './subscription-rows';
import { rootOf, WORK_UUID, type FacedWorkitem } from './workitem-rows';
import { searchStatement, type WorkitemMatch } from './workitem-search';

const SUBSCRIBE = `
INSERT INTO workitem_subscription (tenant, aet, workitem, uuid, is_locked, filter)
SELECT $1, $2, $3, $4::uuid, $5::boolean, $6::json
WHERE (SELECT count(*) FROM (SELECT 1 FROM workitem_subscription WHERE tenant = $1 LIMIT $7) AS kept) < $7
ON CONFLICT (tenant, aet, workitem) DO UPDATE SET is_wanted = true, is_locked = excluded.is_locked, filter = excluded.filter, suspended_at = NULL
RETURNING 1`;

/** How a workitem stands, for one who has just subscribed to it (PS3.4 CC.2.4.3). */
const STANDING = `
INSERT INTO workitem_report (tenant, aet, uid, uuid, event, says, is_filtered)
SELECT tenant, $2, uid, CASE WHEN root IS NOT NULL THEN ${WORK_UUID} END, 1, medserve_state_report(state, readiness, NULL), $3
FROM workitem_face AS face WHERE tenant = $1`;
const STANDING_ONE = `${STANDING} AND uid = $4`;
const STANDING_WORK = `${STANDING} AND root = ${rootOf('$4')} AND ${WORK_UUID} = $4::uuid`;
const STANDING_ALL = `${STANDING} AND NOT EXISTS (SELECT 1 FROM workitem_subscription AS one WHERE one.tenant = $1 AND one.aet = $2
  AND NOT one.is_wanted AND (one.workitem = face.uid OR one.uuid = CASE WHEN face.root IS NOT NULL THEN ${WORK_UUID} END))`;

/** Of one workitem: where its subscriber is told of the whole worklist, that it wants nothing of this one has to be kept. */
const UNWANT = `
INSERT INTO workitem_subscription (tenant, aet, workitem, uuid, is_wanted)
SELECT tenant, aet, $3, $4::uuid, false FROM workitem_subscription WHERE tenant = $1 AND aet = $2 AND workitem IN ('all', 'matching') LIMIT 1
ON CONFLICT (tenant, aet, workitem) DO UPDATE SET is_wanted = false, is_locked = false RETURNING 1`;
const REMOVE = 'DELETE FROM workitem_subscription WHERE tenant = $1 AND aet = $2 AND workitem = $3 RETURNING 1';
/** Of the worklist: of all workitems, too, whatever was said of each (PS3.4 CC.2.3). */
const REMOVE_ALL = 'DELETE FROM workitem_subscription WHERE tenant = $1 AND aet = $2 RETURNING 1';
const DROP_REPORTS = 'DELETE FROM workitem_report WHERE tenant = $1 AND aet = $2';
const SUSPEND = `
UPDATE workitem_subscription SET suspended_at = coalesce(suspended_at, clock_timestamp())
WHERE tenant = $1 AND aet = $2 AND workitem = $3 RETURNING 1`;

const NEXT = `
SELECT position::text, uid, uuid, event, says, is_filtered AS "isFiltered" FROM workitem_report
WHERE tenant = $1 AND aet = $2 ORDER BY workitem_report.position LIMIT $3`;
const FILTER = `SELECT filter FROM workitem_subscription WHERE tenant = $1 AND aet = $2 AND workitem = 'matching'`;
const TOLD = 'DELETE FROM workitem_report WHERE tenant = $1 AND aet = $2 AND position = ANY ($3::bigint[])';
const WAITING = 'SELECT tenant, aet FROM medserve_reports_waiting($1::text[], $2::text[])';

/** Subscriptions of a tenant. */
const MOST = 10_000;

type Kept = WaitingReport & { readonly isFiltered: boolean };

/**
 * Who is told what changes in the worklist, and what they are still to be told: both are written with the change (PS3.4 CC.2.3, CC.2.4).
 * All methods throw ServingError `unavailable`.
 */
export class SubscriptionStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
    private readonly most = MOST,
  ) {}

  /**
   * Of one workitem, how it stands is told at first; of several, where a deletion lock is asked for.
   *
   * @param isLocked whether workitems are to be kept after their end, which those that only match a filter are not
   * @returns false where a tenant has too many
   */
  subscribe(
    { tenant, aet }: Subscriber,
    subscribed: Subscribed,
    isLocked: boolean,
    event: ActivityEvent,
  ): Promise<boolean> {
    const uuid = subscribed.of === 'workitem' ? subscribed.uuid : undefined;
    const filter = subscribed.of === 'matching' ? JSON.stringify(subscribed.match) : null;
    const isFiltered = subscribed.of === 'matching';
    // Which workitems match is looked at when something is told of them: until then none can be kept for it.
    const keeps = isLocked && !isFiltered;
    const one = [tenant, aet, keptAs(subscribed), uuid ?? null, keeps, filter, this.most];
    return this.change(tenant, event, async (client) => {
      if ((await client.rows({ text: SUBSCRIBE, values: one })).length === 0) return false;
      if (subscribed.of === 'workitem') {
        const text = uuid === undefined ? STANDING_ONE : STANDING_WORK;
        await client.rows({ text, values: [tenant, aet, false, uuid ?? subscribed.uid] });
      } else if (isLocked) {
        await client.rows({ text: STANDING_ALL, values: [tenant, aet, isFiltered] });
      }
      return true;
    });
  }

  /** What was still to be told of it is not told any more. @returns false where there was no such subscription */
  unsubscribe({ tenant, aet }: Subscriber, subscribed: Subscribed, event: ActivityEvent): Promise<boolean> {
    return this.change(tenant, event, async (client) => {
      const values = [tenant, aet, keptAs(subscribed)];
      if (subscribed.of === 'all') {
        const gone = await client.rows({ text: REMOVE_ALL, values: [tenant, aet] });
        await client.rows({ text: DROP_REPORTS, values: [tenant, aet] });
        return gone.length > 0;
      }
      if (subscribed.of === 'matching') {
        const gone = await client.rows({ text: REMOVE, values });
        await client.rows({ text: `${DROP_REPORTS} AND is_filtered`, values: [tenant, aet] });
        return gone.length > 0;
      }
      const { uuid = null } = subscribed;
      const unwanted = await client.rows({ text: UNWANT, values: [...values, uuid] });
      const gone = unwanted.length > 0 ? unwanted : await client.rows({ text: REMOVE, values });
      const text = `${DROP_REPORTS} AND ${uuid === null ? 'uid = $3' : 'uuid = $3::uuid'}`;
      await client.rows({ text, values: [tenant, aet, uuid ?? subscribed.uid] });
      return gone.length > 0;
    });
  }

  /** What comes into the worklist from now on is not subscribed to by itself. @returns false where there was no such subscription */
  suspend(
    { tenant, aet }: Subscriber,
    subscribed: Pick<Exclude<Subscribed, { of: 'workitem' }>, 'of'>,
    event: ActivityEvent,
  ): Promise<boolean> {
    const values = [tenant, aet, keptAs(subscribed)];
    return this.change(tenant, event, async (client) => (await client.rows({ text: SUSPEND, values })).length > 0);
  }

  /** Which of these have something to be told, of whatever tenant they are. */
  waiting(subscribers: readonly Subscriber[]): Promise<Subscriber[]> {
    const values = [subscribers.map(({ tenant }) => tenant), subscribers.map(({ aet }) => aet)];
    return orUnavailable(this.database.rows<Subscriber>({ text: WAITING, values }));
  }

  /**
   * What comes next, the oldest first. It stays until it was `told`.
   *
   * @returns what is to be told, and the positions of all that was looked at: what a filter leaves out is not told
   */
  next(
    { tenant, aet }: Subscriber,
    most: number,
  ): Promise<{ readonly reports: WaitingReport[]; readonly positions: string[] }> {
    return this.inTenant(tenant, async (client) => {
      const kept = await client.rows<Kept>({ text: NEXT, values: [tenant, aet, most] });
      const filtered = kept.filter(({ isFiltered }) => isFiltered);
      const matching = filtered.length === 0 ? [] : await this.matching(client, { tenant, aet }, filtered);
      const isWanted = ({ isFiltered, uid, uuid }: Kept): boolean =>
        !isFiltered || matching.some((one) => (uid === null ? one.uuid === uuid : one.uid === uid));
      const reports = kept.filter(isWanted).map(({ position, uid, uuid, event, says }) => {
        return { position, uid, uuid, event, says };
      });
      return { reports, positions: kept.map(({ position }) => position) };
    });
  }

  async told({ tenant, aet }: Subscriber, positions: readonly string[]): Promise<void> {
    await this.inTenant(tenant, (client) => client.rows({ text: TOLD, values: [tenant, aet, positions] }));
  }

  private async matching(
    client: Queryable,
    { tenant, aet }: Subscriber,
    reports: readonly Pick<Kept, 'uid' | 'uuid'>[],
  ): Promise<readonly Pick<FacedWorkitem, 'uid' | 'uuid'>[]> {
    const [row] = await client.rows<{ filter: unknown }>({ text: FILTER, values: [tenant, aet] });
    if (row === undefined) return [];
    const match: WorkitemMatch = {
      ...filterOf(row.filter),
      uids: reports.flatMap(({ uid }) => uid ?? []),
      uuids: reports.flatMap(({ uuid }) => uuid ?? []),
    };
    return client.rows(searchStatement({ tenant, match, limit: reports.length, offset: 0 }));
  }

  /** A change and its entry in the ledger, in one commit. */
  private async change(
    tenant: string,
    event: ActivityEvent,
    work: (client: Queryable) => Promise<boolean>,
  ): Promise<boolean> {
    const isDone = await this.inTenant(tenant, async (client) => {
      if (!(await work(client))) return false;
      await tellIn(client, event);
      return true;
    });
    if (isDone) this.wakeUp.ring();
    return isDone;
  }

  private inTenant<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return orUnavailable(this.database.forTenant(tenant, work));
  }
}
