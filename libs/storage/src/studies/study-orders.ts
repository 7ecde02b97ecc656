import type { ActivityEvent } from '@medserve/events';
import type { StudyState } from '@medserve/studies';
import { tellIn } from '../outbox/tell-in';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';

/** What became of an order: `undefined` where there is no such study; refused where its state does not allow it. */
export type OrderOutcome =
  | { readonly kind: 'done'; readonly generation: number; readonly state: StudyState }
  | {
      readonly kind: 'refused';
      readonly generation: number;
      readonly state: StudyState;
      readonly reason: string | null;
    };

/** What is told in the same commit, if anything was done. */
export type TellOf = (generation: number) => ActivityEvent;

interface Latest {
  readonly generation: number;
  readonly state: StudyState;
  readonly reason: string | null;
  readonly hasRuns: boolean;
}

/** One in which nothing was new has no results of its own: orders are about those that it left in their place. */
const LATEST = `
SELECT generation, state, reason, EXISTS (SELECT 1 FROM study_run AS run WHERE run.tenant = study.tenant AND run.study_uid = study.study_uid
  AND run.generation = study.generation) AS "hasRuns"
FROM study_generation AS study WHERE tenant = $1 AND study_uid = $2 AND reason IS DISTINCT FROM 'unchanged'
ORDER BY generation DESC LIMIT 1 FOR UPDATE`;
const THIS = 'tenant = $1 AND study_uid = $2 AND generation = $3';
/** Who worked on it writes nothing more. */
const TAKEN_AWAY = 'lease_holder = NULL, lease_until = NULL, losses = 0, lease_token = lease_token + 1';

const GO = `UPDATE study_generation SET go_at = clock_timestamp(), due_at = clock_timestamp() WHERE ${THIS}`;
const CANCEL = `
UPDATE study_generation SET state = 'skipped', reason = 'cancelled', says = 'somebody cancelled it', ended_at = clock_timestamp(),
  due_at = NULL, waits_for = NULL, ${TAKEN_AWAY} WHERE ${THIS}`;
const AGAIN = `
UPDATE study_generation SET state = $4, reason = NULL, says = NULL, waits_for = NULL, attempts = 0, ended_at = NULL,
  go_at = CASE WHEN $4 = 'receiving' THEN clock_timestamp() ELSE go_at END, due_at = clock_timestamp(), ${TAKEN_AWAY} WHERE ${THIS}`;
const RUNS_AGAIN = `
UPDATE study_run SET state = 'waiting', attempts = 0, request = NULL, reason = NULL, ended_at = NULL
WHERE ${THIS} AND state IN ('failed', 'skipped')`;
const DELIVERIES_AGAIN = `
UPDATE delivery SET state = 'waiting', attempts = 0, answered = 0, since = now(), next_at = now(), settled_at = NULL WHERE ${THIS} AND state = 'dead'`;
const LOOK_AGAIN = `UPDATE study_generation SET due_at = clock_timestamp() WHERE ${THIS} AND state = 'exporting'`;

const BEFORE_RESULTS: readonly StudyState[] = ['receiving', 'complete', 'inferring', 'inferred'];

/** What people order of the latest generation of a study. All methods throw ServingError `unavailable` when the database does not answer. */
export class StudyOrders {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /** All of it is there: it is not waited for any longer. */
  go(tenant: string, studyUid: string, tell: TellOf): Promise<OrderOutcome | undefined> {
    return this.order(tenant, studyUid, tell, async (client, { generation, state }) => {
      if (state !== 'receiving') return undefined;
      await client.rows({ text: GO, values: [tenant, studyUid, generation] });
      return state;
    });
  }

  /** Nothing more is done with it, unless it is requeued; results that are on their way are not called back. */
  cancel(tenant: string, studyUid: string, tell: TellOf): Promise<OrderOutcome | undefined> {
    return this.order(tenant, studyUid, tell, async (client, { generation, state }) => {
      if (!BEFORE_RESULTS.includes(state)) return undefined;
      await client.rows({ text: CANCEL, values: [tenant, studyUid, generation] });
      return 'skipped';
    });
  }

  /**
   * Takes up what failed or was skipped where it stopped: dead deliveries are sent, runs that failed are asked, and where nothing was run the
   * routes, as they are now, decide anew.
   */
  requeue(tenant: string, studyUid: string, tell: TellOf): Promise<OrderOutcome | undefined> {
    return this.order(tenant, studyUid, tell, async (client, latest) => {
      const state = resumedAt(latest);
      if (state === undefined) return undefined;
      const values = [tenant, studyUid, latest.generation];
      await client.rows({ text: AGAIN, values: [...values, state] });
      if (state === 'complete') await client.rows({ text: RUNS_AGAIN, values });
      if (state === 'exporting') await client.rows({ text: DELIVERIES_AGAIN, values });
      return state;
    });
  }

  private async order(
    tenant: string,
    studyUid: string,
    tell: TellOf,
    work: (client: Queryable, latest: Latest) => Promise<StudyState | undefined>,
  ): Promise<OrderOutcome | undefined> {
    const outcome = await orUnavailable(
      this.database.forTenant(tenant, async (client): Promise<OrderOutcome | undefined> => {
        const [latest] = await client.rows<Latest>({ text: LATEST, values: [tenant, studyUid] });
        if (latest === undefined) return undefined;
        const { generation, reason } = latest;
        const state = await work(client, latest);
        if (state === undefined) return { kind: 'refused', generation, state: latest.state, reason };
        await tellIn(client, tell(generation));
        return { kind: 'done', generation, state };
      }),
    );
    if (outcome?.kind === 'done') this.wakeUp.ring();
    return outcome;
  }
}

/** Where it stopped; undefined where there is nothing to take up. */
function resumedAt({ state, reason, hasRuns }: Latest): StudyState | undefined {
  if (state !== 'failed' && state !== 'skipped') return undefined;
  switch (reason) {
    case 'undelivered':
      return 'exporting';
    case 'results_failed':
      return 'inferred';
    case 'superseded':
    case 'unchanged':
      return undefined;
    case null:
    default:
      return hasRuns ? 'complete' : 'receiving';
  }
}

/** All deliveries of a generation have ended: its end is seen at once. */
export async function lookAgain(
  client: Queryable,
  { tenant, studyUid, generation }: { readonly tenant: string; readonly studyUid: string; readonly generation: number },
): Promise<void> {
  await client.rows({ text: LOOK_AGAIN, values: [tenant, studyUid, generation] });
}
