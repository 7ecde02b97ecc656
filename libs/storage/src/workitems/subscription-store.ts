import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import { tellIn } from '../outbox/tell-in';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import { WORKLIST_OF_TENANT } from '../locks';
import type { WakeUp } from '../outbox/wake-up';
import { keptAs, type Subscribed, type Subscriber, type WaitingReport } from './subscription-rows';
import { rootOf, WORK_UUID } from './workitem-rows';
import { patternOf } from './workitem-search';

/**
 * Alone: what changes the worklist meanwhile waits, so that none of it falls between the subscription and how it stands then. So it is
 * neither waited for nor held for long: who subscribes can come again, and a study cannot.
 */
const BRIEFLY = `SELECT set_config('lock_timeout', '300ms', true), set_config('statement_timeout', '2s', true)`;
const ALONE = 'SELECT pg_advisory_xact_lock($1, hashtext($2))';

/** What is there already is renewed however many there are. */
const SUBSCRIBE = `
INSERT INTO workitem_subscription (tenant, aet, workitem, uuid, is_locked, labels, priorities, readiness, scheduled_from, scheduled_to)
SELECT $1, $2, $3, $4::uuid, $5::boolean, $6::text[], $7::text[], $8::text[], $9::timestamptz, $10::timestamptz
WHERE EXISTS (SELECT 1 FROM workitem_subscription WHERE tenant = $1 AND aet = $2 AND workitem = $3)
  OR (SELECT count(*) FROM (SELECT 1 FROM workitem_subscription WHERE tenant = $1
    AND ($3 NOT IN ('all', 'matching') OR workitem IN ('all', 'matching')) LIMIT $11) AS kept) < $11
ON CONFLICT (tenant, aet, workitem) DO UPDATE SET is_wanted = true, is_locked = excluded.is_locked, labels = excluded.labels,
  priorities = excluded.priorities, readiness = excluded.readiness, scheduled_from = excluded.scheduled_from,
  scheduled_to = excluded.scheduled_to, suspended_at = NULL
RETURNING 1`;

const FACED_UUID = `CASE WHEN root IS NOT NULL THEN ${WORK_UUID} END`;
/** How workitems stand, for one who has just subscribed to them (PS3.4 CC.2.4.3), in place of how they stood before, if that was not told yet. */
const standing = (which: string): string => `
WITH fresh AS (
  INSERT INTO workitem_report (tenant, aet, uid, uuid, study_uid, event, says, is_standing)
  SELECT face.tenant, one.aet, face.uid, ${FACED_UUID}, CASE WHEN root IS NOT NULL THEN face.study_uid END, 1,
    medserve_state_report(face.state, face.readiness), true
  FROM workitem_subscription AS one JOIN workitem_face AS face ON face.tenant = one.tenant
  WHERE one.tenant = $1 AND one.aet = $2 AND one.workitem = $3 AND ${which}
    AND medserve_is_wanted(one, ROW(face.tenant, face.uid, ${FACED_UUID}, NULL, face.label, face.priority, face.readiness, face.scheduled_at,
      NULL)::medserve_work)
  RETURNING coalesce(uid, uuid::text) AS workitem
), before AS (
  DELETE FROM workitem_report AS old USING fresh
  WHERE old.tenant = $1 AND old.aet = $2 AND old.is_standing AND coalesce(old.uid, old.uuid::text) = fresh.workitem
)
SELECT count(*)::int AS standing FROM fresh`;
const STANDING_ONE = standing('face.uid = $3');
const STANDING_WORK = standing(`root = ${rootOf('$4')}`);
const STANDING_ALL = standing('face.ended_at IS NULL');

/** Of one workitem: where its subscriber is told of the whole worklist, that it wants nothing of this one has to be kept. */
const UNWANT = `
INSERT INTO workitem_subscription (tenant, aet, workitem, uuid, is_wanted)
SELECT tenant, aet, $3, $4::uuid, false FROM workitem_subscription WHERE tenant = $1 AND aet = $2 AND workitem IN ('all', 'matching') LIMIT 1
ON CONFLICT (tenant, aet, workitem) DO UPDATE SET is_wanted = false, is_locked = false RETURNING 1`;
const REMOVE = 'DELETE FROM workitem_subscription WHERE tenant = $1 AND aet = $2 AND workitem = $3 RETURNING 1';
/** Of the worklist: of all workitems, too, whatever was said of each (PS3.4 CC.2.3). */
const REMOVE_ALL = 'DELETE FROM workitem_subscription WHERE tenant = $1 AND aet = $2 RETURNING 1';
const HAS_NO_OTHER = 'NOT EXISTS (SELECT 1 FROM workitem_subscription WHERE tenant = $1 AND aet = $2 AND is_wanted)';
const DROP_REPORTS = 'DELETE FROM workitem_report WHERE tenant = $1 AND aet = $2';
const SUSPEND = `
UPDATE workitem_subscription SET suspended_at = coalesce(suspended_at, clock_timestamp())
WHERE tenant = $1 AND aet = $2 AND workitem = $3 RETURNING 1`;

const NEXT = `
SELECT position::text, uid, uuid, event, says FROM workitem_report
WHERE tenant = $1 AND aet = $2 ORDER BY workitem_report.position LIMIT $3`;
const TOLD = 'DELETE FROM workitem_report WHERE tenant = $1 AND aet = $2 AND position = ANY ($3::bigint[])';
const WAITING = 'SELECT tenant, aet FROM medserve_reports_waiting($1::text[], $2::text[])';

/** Subscriptions of a tenant, and of them those to its worklist, whose every change is written down for each. */
const MOST = { all: 10_000, ofWorklist: 100 };

/**
 * Who is told what changes in the worklist, and what they are still to be told: both are written with the change (PS3.4 CC.2.3, CC.2.4).
 * All methods throw ServingError `unavailable`.
 */
export class SubscriptionStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * Of one workitem, how it stands is told at first; of several, where a deletion lock is asked for, of those that have not ended.
   *
   * @param isLocked whether workitems are to be kept after their end
   * @returns false where a tenant has too many
   * @throws ServingError `not_found` where the workitem has gone meanwhile
   */
  subscribe(
    { tenant, aet }: Subscriber,
    subscribed: Subscribed,
    isLocked: boolean,
    event: ActivityEvent,
  ): Promise<boolean> {
    const one = [tenant, aet, keptAs(subscribed)];
    const uuid = subscribed.of === 'workitem' ? (subscribed.uuid ?? null) : null;
    const most = subscribed.of === 'workitem' ? MOST.all : MOST.ofWorklist;
    return this.change(tenant, event, async (client) => {
      const values = [...one, uuid, isLocked, ...filterValues(subscribed), most];
      if ((await client.rows({ text: SUBSCRIBE, values })).length === 0) return false;
      if (subscribed.of !== 'workitem') {
        if (isLocked) await client.rows({ text: STANDING_ALL, values: one });
        return true;
      }
      const [told] = await client.rows<{ standing: number }>(
        uuid === null ? { text: STANDING_ONE, values: one } : { text: STANDING_WORK, values: [...one, uuid] },
      );
      if (told?.standing === 0) throw new ServingError('not_found', 'There is no workitem of this UID.');
      return true;
    });
  }

  /** What was still to be told of it is not told any more. @returns false where there was no such subscription */
  unsubscribe({ tenant, aet }: Subscriber, subscribed: Subscribed, event: ActivityEvent): Promise<boolean> {
    const one = [tenant, aet, keptAs(subscribed)];
    return this.change(tenant, event, async (client) => {
      if (subscribed.of === 'all') {
        await client.rows({ text: DROP_REPORTS, values: [tenant, aet] });
        return (await client.rows({ text: REMOVE_ALL, values: [tenant, aet] })).length > 0;
      }
      if (subscribed.of === 'matching') {
        if ((await client.rows({ text: REMOVE, values: one })).length === 0) return false;
        // Which subscription a report came by is not known, where there are others.
        await client.rows({ text: `${DROP_REPORTS} AND ${HAS_NO_OTHER}`, values: [tenant, aet] });
        return true;
      }
      const { uid, uuid = null } = subscribed;
      const of = uuid === null ? 'uid = $3' : 'uuid = $3::uuid';
      await client.rows({ text: `${DROP_REPORTS} AND ${of}`, values: [tenant, aet, uuid ?? uid] });
      const unwanted = await client.rows({ text: UNWANT, values: [...one, uuid] });
      return unwanted.length > 0 || (await client.rows({ text: REMOVE, values: one })).length > 0;
    });
  }

  /** A subscription to one workitem that is not there any more. @returns false where there was none */
  remove({ tenant, aet }: Subscriber, uid: string, event: ActivityEvent): Promise<boolean> {
    const values = [tenant, aet, uid];
    return this.change(tenant, event, async (client) => (await client.rows({ text: REMOVE, values })).length > 0);
  }

  /** What comes into the worklist from now on is not subscribed to by itself. @returns false where there was no such subscription */
  suspend({ tenant, aet }: Subscriber, of: 'all' | 'matching', event: ActivityEvent): Promise<boolean> {
    const values = [tenant, aet, of];
    return this.change(tenant, event, async (client) => (await client.rows({ text: SUSPEND, values })).length > 0);
  }

  /** Which of these have something to be told, of whatever tenant they are. */
  waiting(subscribers: readonly Subscriber[]): Promise<Subscriber[]> {
    const values = [subscribers.map(({ tenant }) => tenant), subscribers.map(({ aet }) => aet)];
    return orUnavailable(this.database.rows<Subscriber>({ text: WAITING, values }));
  }

  /** What comes next, the oldest first. It stays until it was `told`. */
  next({ tenant, aet }: Subscriber, most: number): Promise<WaitingReport[]> {
    return this.inTenant(tenant, (client) => client.rows<WaitingReport>({ text: NEXT, values: [tenant, aet, most] }));
  }

  async told({ tenant, aet }: Subscriber, positions: readonly string[]): Promise<void> {
    await this.inTenant(tenant, (client) => client.rows({ text: TOLD, values: [tenant, aet, positions] }));
  }

  /** A change and its entry in the ledger, in one commit. */
  private async change(
    tenant: string,
    event: ActivityEvent,
    work: (client: Queryable) => Promise<boolean>,
  ): Promise<boolean> {
    const isDone = await this.inTenant(tenant, async (client) => {
      await client.rows({ text: BRIEFLY, values: [] });
      await client.rows({ text: ALONE, values: [WORKLIST_OF_TENANT, tenant] });
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

function filterValues(subscribed: Subscribed): unknown[] {
  if (subscribed.of !== 'matching') return [null, null, null, null, null];
  const { labels, priorities, readiness, scheduled } = subscribed.filter;
  return [
    labels?.map(patternOf) ?? null,
    priorities ?? null,
    readiness ?? null,
    scheduled?.from ?? null,
    scheduled?.to ?? null,
  ];
}
