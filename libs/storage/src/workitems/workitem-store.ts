import type { ActivityEvent } from '@medserve/events';
import type { UpsEvent, WorkitemDataSet } from '@medserve/studies';
import { tellIn } from '../outbox/tell-in';
import { orUnavailable, type Database, type Queryable, type Statement } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';
import {
  FACE,
  indexValues,
  rootOf,
  WORK_UUID,
  type FacedWorkitem,
  type NewWorkitem,
  type WorkitemIndex,
  type WorkitemKey,
} from './workitem-rows';
import { searchStatement, type WorkitemQuestion } from './workitem-search';

const CREATE = `
INSERT INTO workitem (tenant, uid, label, priority, readiness, scheduled_at, patient_id, patient_name, accession, study_uids, inputs, data_set)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
WHERE (SELECT count(*) FROM (SELECT 1 FROM workitem WHERE tenant = $1 AND ended_at IS NULL LIMIT $13) AS standing) < $13 ON CONFLICT DO NOTHING RETURNING 1`;
const FIND = `SELECT ${FACE} FROM workitem_face AS face WHERE tenant = $1 AND uid = $2`;
/** The last 48 bits are of the route. */
const FIND_WORK = `
SELECT ${FACE} FROM workitem_face AS face
WHERE tenant = $1 AND root = ${rootOf('$2')} AND ${WORK_UUID} = $2::uuid`;
const WAS_REMOVED = 'SELECT 1 FROM workitem WHERE tenant = $1 AND uid = $2 AND removed_at IS NOT NULL';

const THIS = 'tenant = $1 AND uid = $2';
/** One statement: of two that claim at once, the second finds it taken. */
const CLAIM = `
UPDATE workitem SET state = 'IN PROGRESS', transaction_uid = $3, modified_at = clock_timestamp(), revision = revision + 1
WHERE ${THIS} AND state = 'SCHEDULED' AND study_uid IS NULL AND removed_at IS NULL RETURNING 1`;
const END = `
UPDATE workitem SET state = $5, data_set = $6, ended_at = clock_timestamp(), modified_at = clock_timestamp(), revision = revision + 1
WHERE ${THIS} AND state = 'IN PROGRESS' AND transaction_uid = $3 AND revision = $4 RETURNING 1`;
const UPDATE = `
UPDATE workitem SET data_set = $4, label = $5, priority = $6, readiness = $7, scheduled_at = $8, patient_id = $9, patient_name = $10,
  accession = $11, study_uids = $12, inputs = $13, modified_at = clock_timestamp(), revision = revision + 1
WHERE ${THIS} AND revision = $3 AND ended_at IS NULL RETURNING 1`;
const CANCEL = `
UPDATE workitem SET state = 'CANCELED', data_set = $4, ended_at = clock_timestamp(), modified_at = clock_timestamp(), revision = revision + 1
WHERE ${THIS} AND revision = $3 AND state = 'SCHEDULED' AND study_uid IS NULL RETURNING 1`;

const REPORT = `
SELECT medserve_report_workitem(ROW(tenant, uid, NULL, NULL, label, priority, readiness, scheduled_at, created_at)::medserve_work, $3, $4::json)
FROM workitem WHERE ${THIS}`;

const INPUTS = `
SELECT sop_class_uid AS "sopClassUid", sop_instance_uid AS "sopInstanceUid", series_uid AS "seriesUid" FROM dicom_instance
WHERE tenant = $1 AND study_uid = $2 AND door <> 'own' AND ($3::text[] IS NULL OR sop_instance_uid = ANY ($3))
ORDER BY series_uid, sop_instance_uid LIMIT $4`;
const READ = `
SELECT array_agg(DISTINCT instance) AS instances FROM study_run, unnest(instances) AS instance
WHERE tenant = $1 AND study_uid = $2 AND generation = $3 AND route = $4`;
const IS_LATEST = `
SELECT NOT EXISTS (SELECT 1 FROM study_generation WHERE tenant = $1 AND study_uid = $2 AND generation > $3) AS "isLatest"`;
const PURGE = 'SELECT medserve_purge_workitems($1, $2) AS purged';
const PURGE_REPORTS = 'SELECT medserve_purge_reports($1) AS purged';

/** Workitems of a tenant that have not ended. */
const MOST_STANDING = 20_000;
/** Reports that go at once: by an index, within a second. */
const MOST_STALE = 50_000;
/** Instances that one workitem names. */
const MOST_INPUTS = 20_000;

/** The worklist: workitems that were created, and those that the work of routes is. All methods throw ServingError `unavailable`. */
export class WorkitemStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
    private readonly most = MOST_STANDING,
  ) {}

  /** @returns false where there is, or was, one of this UID, or there are too many */
  create(item: NewWorkitem, event: ActivityEvent): Promise<boolean> {
    const values = [item.tenant, item.uid, ...indexValues(item), JSON.stringify(item.dataSet), this.most];
    return this.write(item, { text: CREATE, values }, event);
  }

  find({ tenant, uid }: WorkitemKey): Promise<FacedWorkitem | 'removed' | undefined> {
    return this.inTenant(tenant, async (client) => {
      const values = [tenant, uid];
      const [item] = await client.rows<FacedWorkitem>({ text: FIND, values });
      if (item !== undefined) return item;
      return (await client.rows({ text: WAS_REMOVED, values })).length > 0 ? 'removed' : undefined;
    });
  }

  /** The work of a route. */
  findWork(tenant: string, uuid: string): Promise<FacedWorkitem | undefined> {
    return this.inTenant(tenant, async (client) => {
      const [item] = await client.rows<FacedWorkitem>({ text: FIND_WORK, values: [tenant, uuid] });
      return item;
    });
  }

  search(question: WorkitemQuestion): Promise<FacedWorkitem[]> {
    return this.inTenant(question.tenant, (client) => client.rows<FacedWorkitem>(searchStatement(question)));
  }

  /** Instances that the route of a workitem reads; while that is not decided, those that have come. */
  inputs(
    tenant: string,
    { studyUid, generation, label }: Pick<FacedWorkitem, 'studyUid' | 'generation' | 'label'>,
  ): Promise<{ readonly sopClassUid: string; readonly sopInstanceUid: string; readonly seriesUid: string }[]> {
    return this.inTenant(tenant, async (client) => {
      const [read] = await client.rows<{ instances: string[] | null }>({
        text: READ,
        values: [tenant, studyUid, generation, label],
      });
      return client.rows({ text: INPUTS, values: [tenant, studyUid, read?.instances ?? null, MOST_INPUTS] });
    });
  }

  /** @returns whether this was the one that claimed it */
  claim({ tenant, uid }: WorkitemKey, transactionUid: string, event: ActivityEvent): Promise<boolean> {
    return this.write({ tenant }, { text: CLAIM, values: [tenant, uid, transactionUid] }, event);
  }

  /** @returns false where it is not at this revision any more, or not this performer's */
  end(
    { tenant, uid }: WorkitemKey,
    by: { readonly transactionUid: string; readonly revision: number },
    to: 'COMPLETED' | 'CANCELED',
    dataSet: WorkitemDataSet,
    event: ActivityEvent,
  ): Promise<boolean> {
    const values = [tenant, uid, by.transactionUid, by.revision, to, JSON.stringify(dataSet)];
    return this.write({ tenant }, { text: END, values }, event);
  }

  /**
   * @param report what its subscribers are told beside what can be seen of the change itself
   * @returns false where it is not at this revision any more
   */
  update(
    { tenant, uid }: WorkitemKey,
    revision: number,
    item: WorkitemIndex & { readonly dataSet: WorkitemDataSet },
    event: ActivityEvent,
    report?: { readonly event: UpsEvent; readonly says: WorkitemDataSet },
  ): Promise<boolean> {
    const values = [tenant, uid, revision, JSON.stringify(item.dataSet), ...indexValues(item)];
    const told = report && { text: REPORT, values: [tenant, uid, report.event, JSON.stringify(report.says)] };
    return this.write({ tenant }, { text: UPDATE, values }, event, told);
  }

  /** What nobody has claimed. @returns false where it is not at this revision any more */
  cancel(
    { tenant, uid }: WorkitemKey,
    revision: number,
    dataSet: WorkitemDataSet,
    event: ActivityEvent,
  ): Promise<boolean> {
    return this.write({ tenant }, { text: CANCEL, values: [tenant, uid, revision, JSON.stringify(dataSet)] }, event);
  }

  /** Whether nothing of its study came after what it works on. */
  isLatest(tenant: string, studyUid: string, generation: number): Promise<boolean> {
    return this.inTenant(tenant, async (client) => {
      const [row] = await client.rows<{ isLatest: boolean }>({
        text: IS_LATEST,
        values: [tenant, studyUid, generation],
      });
      return row?.isLatest === true;
    });
  }

  /**
   * Those that ended before, of all tenants: nothing is left of them but that they were here. What subscribers were to be told, and nobody
   * fetched for a week, goes too.
   *
   * @returns how many workitems
   */
  async purge(before: Date, most: number): Promise<number> {
    const purged = async (text: string, values: unknown[]): Promise<number> =>
      (await orUnavailable(this.database.rows<{ purged: number }>({ text, values })))[0]?.purged ?? 0;
    const workitems = await purged(PURGE, [before, most]);
    while ((await purged(PURGE_REPORTS, [MOST_STALE])) === MOST_STALE);
    return workitems;
  }

  /** A change and its entry in the ledger, in one commit. */
  private async write(
    { tenant }: { readonly tenant: string },
    statement: Statement,
    event: ActivityEvent,
    told?: Statement,
  ): Promise<boolean> {
    const isDone = await this.inTenant(tenant, async (client) => {
      if ((await client.rows(statement)).length === 0) return false;
      if (told !== undefined) await client.rows(told);
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
