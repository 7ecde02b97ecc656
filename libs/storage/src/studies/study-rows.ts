import type { StudyPlan, StudyRun, StudyState, StudyWork } from '@medserve/studies';

/** The generation of a statement's first three parameters. */
export const THIS_GENERATION = 'tenant = $1 AND study_uid = $2 AND generation = $3';

export interface WorkRow {
  readonly token: number;
  readonly state: StudyState;
  readonly now: Date;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly goAt: Date | null;
  readonly inferredAt: Date | null;
  readonly arrivals: number;
  readonly attempts: number;
  readonly losses: number;
  readonly plan: StudyPlan;
}

export const WORK = `
SELECT lease_token::float8 AS token, state, clock_timestamp() AS now, first_at AS "firstAt", last_at AS "lastAt", go_at AS "goAt",
  inferred_at AS "inferredAt", arrivals::float8 AS arrivals, attempts, losses, plan
FROM study_generation WHERE ${THIS_GENERATION}`;

export type RunRow = { readonly [K in keyof StudyRun]: StudyRun[K] | null } & { readonly place: number };

export const RUNS = `
SELECT place, route, name, task, model, modality, question, parameters, class, deadline_ms AS "deadlineMs", is_optional AS "isOptional",
  series_uid AS "seriesUid", instances, state, attempts, request, reason
FROM study_run WHERE ${THIS_GENERATION} ORDER BY place`;

/** Without the members that are NULL, and the column that only orders. */
export const runOf = (row: RunRow): StudyRun =>
  Object.fromEntries(
    Object.entries(row).filter(([name, value]) => name !== 'place' && value !== null),
  ) as unknown as StudyRun;

export const workOf = (
  key: { readonly tenant: string; readonly studyUid: string; readonly generation: number },
  { goAt, inferredAt, ...row }: WorkRow,
  runs: readonly RunRow[],
): StudyWork => ({
  ...row,
  tenant: key.tenant,
  studyUid: key.studyUid,
  generation: key.generation,
  runs: runs.map(runOf),
  ...(goAt === null ? {} : { goAt }),
  ...(inferredAt === null ? {} : { inferredAt }),
});
