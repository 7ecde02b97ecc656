import type { RouteVerdict, StudyDelivery, StudyResult, StudyRun, StudyState } from '@medserve/studies';
import { orUnavailable, type Database, type Queryable } from '../database/database';

/** A generation of a study as it is listed. */
export interface ListedStudy {
  readonly studyUid: string;
  readonly generation: number;
  readonly state: StudyState;
  readonly class: string;
  /** Why it was skipped, or failed: a word and a sentence. */
  readonly reason: string | null;
  readonly says: string | null;
  /** Of an attempt that did not succeed and is made again. */
  readonly waitsFor: string | null;
  readonly receivedAt: Date;
  readonly lastInstanceAt: Date;
  readonly completeAt: Date | null;
  readonly inferredAt: Date | null;
  readonly exportedAt: Date | null;
  /** What made it complete: quiet, go, count, longest_wait. */
  readonly because: string | null;
  readonly instances: number | null;
  readonly series: number | null;
  readonly modalities: readonly string[];
  readonly routes: readonly string[];
  readonly runs: readonly ListedRun[];
  readonly results: readonly StudyResult[];
  readonly deliveries: readonly StudyDelivery[];
}

export type ListedRun = Pick<StudyRun, 'route' | 'name' | 'task' | 'state' | 'attempts' | 'seriesUid'> & {
  readonly model: string | null;
  readonly request: string | null;
  readonly reason: string | null;
  readonly instances: number;
};

export interface StudyQuestion {
  readonly tenant: string;
  readonly states?: readonly StudyState[] | undefined;
  readonly route?: string | undefined;
  readonly modality?: string | undefined;
  readonly since?: Date | undefined;
  /** The generation one of whose runs it was. */
  readonly request?: string | undefined;
  /** Where the page before ended. */
  readonly after?: StudyPlace | undefined;
  readonly limit: number;
}

export interface StudyPlace {
  readonly receivedAt: Date;
  readonly studyUid: string;
  readonly generation: number;
}

/** Of one state. */
export interface StateSum {
  readonly state: StudyState;
  readonly studies: number;
  /** How long ago the first instance of the oldest came, in seconds. */
  readonly oldestSeconds: number;
}

export interface RouteStanding extends StateSum {
  readonly route: string;
}

const MEMBERS = `
study_uid AS "studyUid", generation, state, class, reason, says, waits_for AS "waitsFor", first_at AS "receivedAt", last_at AS "lastInstanceAt",
completed_at AS "completeAt", inferred_at AS "inferredAt", CASE WHEN state = 'exported' THEN ended_at END AS "exportedAt", because,
coalesce(instances, CASE WHEN state = 'receiving' THEN arrivals::int END) AS instances, series, modalities, routes,
coalesce((SELECT json_agg(json_build_object('route', route, 'name', name, 'task', task, 'model', model, 'state', run.state, 'attempts',
    run.attempts, 'request', request, 'reason', run.reason, 'seriesUid', series_uid, 'instances', cardinality(run.instances)) ORDER BY place)
  FROM study_run AS run WHERE (run.tenant, run.study_uid, run.generation) = (study.tenant, study.study_uid, study.generation)), '[]') AS runs,
coalesce((SELECT json_agg(json_build_object('kind', kind, 'sopClassUid', sop_class_uid, 'sopInstanceUid', sop_instance_uid, 'seriesUid',
    series_uid) ORDER BY place)
  FROM study_result AS made WHERE (made.tenant, made.study_uid, made.generation) = (study.tenant, study.study_uid, study.generation)), '[]') AS results,
coalesce((SELECT json_agg(json_build_object('destination', destination, 'state', sent.state, 'attempts', sent.attempts, 'lastError',
    last_error) ORDER BY destination)
  FROM delivery AS sent WHERE (sent.tenant, sent.study_uid, sent.generation) = (study.tenant, study.study_uid, study.generation)), '[]') AS deliveries`;

/** The newest first. Which page comes next is told by the last row, so that what is added meanwhile moves nothing. */
const LIST = `
SELECT ${MEMBERS} FROM study_generation AS study
WHERE tenant = $1 AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::text IS NULL OR $3 = ANY (routes))
  AND ($4::text IS NULL OR $4 = ANY (modalities)) AND ($5::timestamptz IS NULL OR first_at >= $5)
  AND ($10::uuid IS NULL OR (study_uid, generation) IN (SELECT run.study_uid, run.generation FROM study_run AS run WHERE run.tenant = $1 AND run.request = $10))
  AND ($6::timestamptz IS NULL OR (date_trunc('milliseconds', first_at), study_uid, generation) < ($6, $7::text, $8::int))
ORDER BY date_trunc('milliseconds', first_at) DESC, study_uid DESC, generation DESC LIMIT $9`;
const FIND = `SELECT ${MEMBERS}, verdicts FROM study_generation AS study WHERE tenant = $1 AND study_uid = $2 ORDER BY generation DESC LIMIT $3`;
const SUMS = `
SELECT state, count(*)::int AS studies, extract(epoch FROM now() - min(first_at))::float8 AS "oldestSeconds"
FROM study_generation WHERE tenant = $1 GROUP BY state`;
const STANDING = 'SELECT route, state, studies, oldest_seconds AS "oldestSeconds" FROM medserve_studies_standing()';

/** Of one study. */
const MOST_GENERATIONS = 100;

/** How studies stand, for who watches them. All methods throw ServingError `unavailable` when the database does not answer. */
export class StudyList {
  constructor(private readonly database: Database) {}

  list({ tenant, states, route, modality, since, request, after, limit }: StudyQuestion): Promise<ListedStudy[]> {
    const values = [
      tenant,
      states === undefined ? null : [...states],
      route ?? null,
      modality ?? null,
      since ?? null,
      after?.receivedAt ?? null,
      after?.studyUid ?? null,
      after?.generation ?? null,
      limit,
      request ?? null,
    ];
    return this.inTenant(tenant, (client) => client.rows<ListedStudy>({ text: LIST, values }));
  }

  /** All generations of a study, the latest first, each with what was decided of every route. */
  find(tenant: string, studyUid: string): Promise<(ListedStudy & { readonly verdicts: readonly RouteVerdict[] })[]> {
    const values = [tenant, studyUid, MOST_GENERATIONS];
    return this.inTenant(tenant, (client) => client.rows({ text: FIND, values }));
  }

  sums(tenant: string): Promise<StateSum[]> {
    return this.inTenant(tenant, (client) => client.rows<StateSum>({ text: SUMS, values: [tenant] }));
  }

  /** Of all tenants, for metrics: those that have not reached their end, and those that failed. */
  standing(): Promise<RouteStanding[]> {
    return orUnavailable(this.database.rows<RouteStanding>({ text: STANDING, values: [] }));
  }

  private inTenant<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return orUnavailable(this.database.forTenant(tenant, work));
  }
}
