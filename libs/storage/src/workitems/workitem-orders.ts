import {
  classOfPriority,
  mostUrgent,
  placeOrder,
  type GenerationKey,
  type InputReadiness,
  type OrderedGeneration,
  type Placing,
  type StudyClass,
  type WorkitemPriority,
} from '@medserve/studies';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import type { WorkitemKey } from './workitem-rows';

const WAITING = 'SELECT tenant, uid FROM medserve_waiting_workitems($1, $2)';
const ORDER = `
SELECT label AS route, priority, readiness, study_uids[1] AS "studyUid", is_ours AS "isOurs",
  NOT EXISTS (SELECT 1 FROM unnest(inputs) AS wanted (instance) WHERE NOT EXISTS (SELECT 1 FROM dicom_instance AS kept
    WHERE kept.tenant = item.tenant AND kept.sop_instance_uid = wanted.instance)) AS "hasInputs"
FROM workitem AS item
WHERE tenant = $1 AND uid = $2 AND study_uid IS NULL AND removed_at IS NULL AND (state = 'SCHEDULED' OR (is_ours AND state = 'IN PROGRESS'))
FOR UPDATE`;
/** Arrivals and engines write the latest one: they wait, or this does. */
const GENERATIONS = `
SELECT generation, state, reason, routes, ordered_class AS "orderedClass" FROM study_generation
WHERE tenant = $1 AND study_uid = $2 ORDER BY generation DESC LIMIT 20 FOR UPDATE`;
/** Counted as an arrival, so that what was decided without it is not written. */
const ADD = `
UPDATE study_generation SET ordered = CASE WHEN $4 = ANY (ordered) THEN ordered ELSE ordered || $4::text END, ordered_class = $5, class = $5,
  arrivals = arrivals + 1,
  go_at = CASE WHEN $6 THEN coalesce(go_at, clock_timestamp()) ELSE go_at END, due_at = clock_timestamp()
WHERE tenant = $1 AND study_uid = $2 AND generation = $3`;
const BEGIN = `
INSERT INTO study_generation (tenant, study_uid, generation, ordered, ordered_class, class, go_at)
VALUES ($1, $2, $3, ARRAY[$4::text], $5, $5, clock_timestamp())`;
const BIND = `
UPDATE workitem AS item SET is_ours = true, study_uid = study.study_uid, generation = study.generation, modified_at = clock_timestamp(),
  revision = revision + 1,
  state = CASE WHEN work.state = 'SCHEDULED' THEN item.state ELSE work.state END,
  ended_at = CASE WHEN work.state IN ('COMPLETED', 'CANCELED') THEN clock_timestamp() END
FROM study_generation AS study, medserve_state_of_work(study.state, study.routes, $5) AS work (state)
WHERE item.tenant = $1 AND item.uid = $2 AND study.tenant = $1 AND study.study_uid = $3 AND study.generation = $4`;
const GIVE_UP = `
UPDATE workitem SET state = 'CANCELED', is_ours = true, ended_at = clock_timestamp(), modified_at = clock_timestamp(), revision = revision + 1,
  reason = 'not_taken', says = 'the route takes nothing of the study' WHERE tenant = $1 AND uid = $2`;

const WANTED = `
SELECT ordered, ordered_class AS "orderedClass", candidates FROM study_generation WHERE tenant = $1 AND study_uid = $2 AND generation = $3`;
const NOTE = `
UPDATE study_generation SET candidates = $4 WHERE tenant = $1 AND study_uid = $2 AND generation = $3 AND candidates <> $4`;

interface OrderRow {
  readonly route: string;
  readonly priority: WorkitemPriority;
  readonly readiness: InputReadiness;
  readonly studyUid: string;
  readonly isOurs: boolean;
  readonly hasInputs: boolean;
}

/** What was asked of a generation from outside. */
export interface WantedOfGeneration {
  readonly ordered: readonly string[];
  readonly orderedClass: StudyClass | null;
  readonly candidates: readonly string[];
}

/**
 * Workitems that a route of ours is to perform, and the studies that they start it on: one transaction takes the workitem and places its
 * order, so that a crash leaves both done or neither. All methods throw ServingError `unavailable`.
 */
export class WorkitemOrders {
  constructor(private readonly database: Database) {}

  /** Of all tenants: those whose study is here, the most urgent first. */
  waiting(routes: readonly string[], most: number): Promise<WorkitemKey[]> {
    return orUnavailable(this.database.rows<WorkitemKey & object>({ text: WAITING, values: [routes, most] }));
  }

  /** @returns what was done; undefined where it is somebody else's meanwhile */
  place({ tenant, uid }: WorkitemKey): Promise<Placing | undefined> {
    return this.inTenant(tenant, async (client) => {
      const [order] = await client.rows<OrderRow>({ text: ORDER, values: [tenant, uid] });
      if (order === undefined) return undefined;
      const { route, studyUid, priority } = order;
      const generations = await client.rows<OrderedGeneration & { orderedClass: StudyClass | null }>({
        text: GENERATIONS,
        values: [tenant, studyUid],
      });
      const placing = placeOrder(generations, order);
      const urgency = classOfPriority(priority);
      switch (placing.do) {
        case 'wait':
          return placing;
        case 'add': {
          const before = generations[0]?.orderedClass;
          const of = before === null || before === undefined ? urgency : mostUrgent([before, urgency]);
          await client.rows({ text: ADD, values: [tenant, studyUid, placing.generation, route, of, placing.go] });
          break;
        }
        case 'begin':
          await client.rows({ text: BEGIN, values: [tenant, studyUid, placing.generation, route, urgency] });
          break;
        case 'give-up':
          await client.rows({ text: GIVE_UP, values: [tenant, uid] });
          return placing;
        case 'join':
          break;
      }
      await client.rows({ text: BIND, values: [tenant, uid, studyUid, placing.generation, route] });
      return placing;
    });
  }

  async wanted(key: GenerationKey): Promise<WantedOfGeneration> {
    const values = [key.tenant, key.studyUid, key.generation];
    const [row] = await this.inTenant(key.tenant, (client) =>
      client.rows<WantedOfGeneration & object>({ text: WANTED, values }),
    );
    return row ?? { ordered: [], orderedClass: null, candidates: [] };
  }

  /** The routes that may take a generation, while it comes in. */
  async noteCandidates(key: GenerationKey, routes: readonly string[]): Promise<void> {
    const values = [key.tenant, key.studyUid, key.generation, routes];
    await this.inTenant(key.tenant, (client) => client.rows({ text: NOTE, values }));
  }

  private inTenant<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return orUnavailable(this.database.forTenant(tenant, work));
  }
}
