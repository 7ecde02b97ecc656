import type { ActivityEvent } from '@medserve/events';
import {
  LostLeaseError,
  type Completion,
  type GenerationKey,
  type HeldGeneration,
  type RunEnd,
  type StudyDelivery,
  type StudyResult,
  type StudyRun,
  type StudyState,
  type StudyWork,
  type WhyNot,
} from '@medserve/studies';
import { patientOfStudy } from '../archive/study-patient';
import { tellIn } from '../outbox/tell-in';
import { orUnavailable, type Database, type Queryable, type Statement } from '../database/database';
import { enqueueDeliveries, openDeliveries } from './enqueue-deliveries';
import type { WakeUp } from '../outbox/wake-up';
import { RUNS, runOf, THIS_GENERATION, WORK, workOf, type RunRow, type WorkRow } from './study-rows';

/** Everything that a holder writes says by this that it still is the holder. */
const HELD = `${THIS_GENERATION} AND lease_token = $4`;
/** Whoever says that it lets go is alive. */
const FREE = 'lease_holder = NULL, lease_until = NULL, losses = 0';

const CLAIM =
  'SELECT tenant, study_uid AS "studyUid", generation, token::float8 AS token FROM medserve_claim_studies($1, $2, $3, $4)';
const RENEW = `
UPDATE study_generation SET lease_until = now() + make_interval(secs => $5 / 1000.0) WHERE ${HELD} AND lease_holder IS NOT NULL RETURNING 1`;
/** What was told to go, or whose deliveries ended, while it was looked at is looked at again. */
const RELEASE = `
UPDATE study_generation SET ${FREE}, waits_for = $6, attempts = CASE WHEN $6::text IS NULL THEN 0 ELSE attempts + 1 END,
  due_at = CASE WHEN state IN ('exported', 'skipped', 'failed') THEN NULL
    WHEN state = 'receiving' AND go_at IS NOT NULL AND $6::text IS NULL THEN clock_timestamp()
    WHEN state = 'exporting' AND $7::int = 0 THEN clock_timestamp() ELSE clock_timestamp() + make_interval(secs => $5 / 1000.0) END
WHERE ${HELD} RETURNING 1`;
const HAND_BACK = `UPDATE study_generation SET ${FREE}, due_at = clock_timestamp() WHERE ${HELD} RETURNING 1`;

const COMPLETE = `
UPDATE study_generation SET state = CASE WHEN $12::text IS NULL THEN 'complete' ELSE 'skipped' END, completed_at = clock_timestamp(),
  ended_at = CASE WHEN $12::text IS NULL THEN NULL ELSE clock_timestamp() END, because = $6, instances = $7, series = $8, class = $9, plan = $10,
  verdicts = $11, reason = $12, says = $13, routes = $14, modalities = $15, attempts = 0, losses = 0, waits_for = NULL,
  due_at = CASE WHEN $12::text IS NULL THEN due_at END
WHERE ${HELD} AND state = 'receiving' AND arrivals = $5 RETURNING 1`;
/** What is run of a later one replaces what has no result yet; whoever works on that has lost it. */
const SUPERSEDE = `
UPDATE study_generation SET state = 'skipped', reason = 'superseded', says = 'a later generation was complete before this one had results',
  ended_at = clock_timestamp(), due_at = NULL, ${FREE}, lease_token = lease_token + 1
WHERE tenant = $1 AND study_uid = $2 AND generation < $3 AND state IN ('receiving', 'complete', 'inferring', 'inferred')`;
const FORGET_RUNS = `DELETE FROM study_run WHERE ${THIS_GENERATION}`;
const ADD_RUN = `
INSERT INTO study_run (tenant, study_uid, generation, place, route, name, task, model, modality, question, parameters, class, deadline_ms,
  is_optional, series_uid, instances)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

const IS_HELD = `SELECT 1 FROM study_generation WHERE ${HELD} FOR UPDATE`;
const BEGIN = `UPDATE study_generation SET state = 'inferring' WHERE ${HELD} AND state IN ('complete', 'inferring') RETURNING 1`;
const THIS_RUN = `${THIS_GENERATION} AND route = $4 AND name = $5`;
const BEGIN_RUN = `UPDATE study_run SET attempts = attempts + 1 WHERE ${THIS_RUN}`;
const END_RUN = `
UPDATE study_run SET state = $6, request = $7, reason = $8, ended_at = clock_timestamp() WHERE ${THIS_RUN} AND state = 'waiting'`;
const RUN_ENDED = `UPDATE study_generation SET attempts = 0, losses = 0, waits_for = NULL WHERE ${HELD}`;
const INFERRED = `
UPDATE study_generation SET state = 'inferred', inferred_at = coalesce(inferred_at, clock_timestamp()), attempts = 0, losses = 0, waits_for = NULL
WHERE ${HELD} AND state IN ('complete', 'inferring') RETURNING inferred_at AS "inferredAt"`;
/** Let go of until its deliveries have ended: whoever settles the last of them does so after this commit, and has it looked at. */
const EXPORTING = `
UPDATE study_generation SET state = 'exporting', exporting_at = clock_timestamp(), attempts = 0, waits_for = NULL, ${FREE},
  due_at = clock_timestamp() + make_interval(secs => $5 / 1000.0)
WHERE ${HELD} AND state = 'inferred' RETURNING 1`;
const FORGET_RESULTS = `DELETE FROM study_result WHERE ${THIS_GENERATION}`;
const ADD_RESULTS = `
INSERT INTO study_result (tenant, study_uid, generation, place, kind, sop_class_uid, sop_instance_uid, series_uid)
SELECT $1, $2, $3, place, kind, class, instance, series
FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS made (kind, class, instance, series, place)`;
const END = `
UPDATE study_generation SET state = $5, reason = $6, says = $7, ended_at = clock_timestamp(), due_at = NULL, waits_for = NULL, ${FREE}
WHERE ${HELD} AND state NOT IN ('exported', 'skipped', 'failed') RETURNING 1`;

const DELIVERIES = `
SELECT destination, state, attempts, last_error AS "lastError" FROM delivery WHERE ${THIS_GENERATION} ORDER BY destination`;
/** A generation that was left out says nothing about what was answered. */
const ANSWERED_BEFORE = `
SELECT generation FROM study_generation
WHERE tenant = $1 AND study_uid = $2 AND generation < $3 AND state IN ('inferred', 'exporting', 'exported')
ORDER BY generation DESC LIMIT 1`;
const RESULTS = `
SELECT kind, sop_class_uid AS "sopClassUid", sop_instance_uid AS "sopInstanceUid", series_uid AS "seriesUid"
FROM study_result WHERE ${THIS_GENERATION} ORDER BY place`;

/** A generation that saw nothing new has the requests of the one before. */
const OF_REQUEST = `
SELECT asked.route || '/' || asked.name AS name, asked.generation,
  (SELECT count(*)::int FROM study_run AS one WHERE one.tenant = asked.tenant AND one.study_uid = asked.study_uid
    AND one.generation = asked.generation AND one.state = 'answered') AS answered
FROM study_run AS asked WHERE asked.tenant = $1 AND asked.request = $2 ORDER BY asked.generation LIMIT 1`;

/** For what a request was made: one run of a generation. */
export interface RunOfRequest {
  /** `route/run` */
  readonly name: string;
  readonly generation: number;
  /** Runs of the generation that have an answer. */
  readonly answered: number;
}

type Mapped<T> = { readonly [K in keyof T]: T[K] | null };

const valuesOf = ({ tenant, studyUid, generation }: GenerationKey): unknown[] => [tenant, studyUid, generation];
const heldValues = (held: HeldGeneration): unknown[] => [...valuesOf(held), held.token];

/**
 * The state machine of studies, as it is kept. What a holder writes is refused with LostLeaseError once somebody else holds the generation
 * or an operator has ended it. All methods throw ServingError `unavailable` when the database does not answer.
 */
export class StudyStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /** Takes what is due of all tenants. */
  async claim(holder: string, limit: number, leaseMs: number, isExpress = false): Promise<readonly StudyWork[]> {
    const values = [holder, limit, leaseMs, isExpress];
    const claimed = await orUnavailable(
      this.database.rows<HeldGeneration & { studyUid: string }>({ name: 'study-claim', text: CLAIM, values }),
    );
    const found = await Promise.all(
      claimed.map((held) =>
        this.read(held).catch((error: unknown) => {
          // An operator was quicker; the others of this claim are still held.
          if (error instanceof LostLeaseError) return undefined;
          throw error;
        }),
      ),
    );
    return found.filter((work) => work !== undefined);
  }

  renew(held: HeldGeneration, leaseMs: number): Promise<void> {
    return this.write(held, (client) =>
      surely(client, { name: 'study-renew', text: RENEW, values: [...heldValues(held), leaseMs] }),
    );
  }

  read(held: HeldGeneration): Promise<StudyWork> {
    return this.write(held, async (client) => {
      const [row] = await client.rows<WorkRow>({ name: 'study-work', text: WORK, values: valuesOf(held) });
      if (row?.token !== held.token) throw new LostLeaseError();
      const runs = await client.rows<RunRow>({ name: 'study-runs', text: RUNS, values: valuesOf(held) });
      return workOf(held, row, runs);
    });
  }

  release(held: HeldGeneration, afterMs: number, waits?: { readonly reason: string }): Promise<void> {
    return this.write(held, async (client) => {
      // Deliveries settle under the lock of their generation: none does between the count and the release.
      await surely(client, { name: 'study-is-held', text: IS_HELD, values: heldValues(held) });
      const open = await openDeliveries(client, held);
      await surely(client, {
        name: 'study-release',
        text: RELEASE,
        values: [...heldValues(held), Math.max(0, afterMs), waits?.reason ?? null, open],
      });
    });
  }

  handBack(held: HeldGeneration): Promise<void> {
    return this.write(held, (client) =>
      surely(client, { name: 'study-hand-back', text: HAND_BACK, values: heldValues(held) }),
    );
  }

  /**
   * What was decided, and the event that tells that the study was received, in one commit. Where something is run, generations before it
   * that have no results yet are skipped.
   *
   * @returns false where instances came since: then nothing was written
   */
  async complete(
    held: HeldGeneration,
    arrivals: number,
    completion: Completion,
    event: ActivityEvent,
  ): Promise<boolean> {
    const isWritten = await this.write(held, async (client) => {
      await surely(client, { name: 'study-is-held', text: IS_HELD, values: heldValues(held) });
      const values = [...heldValues(held), arrivals, ...completionValues(completion)];
      if ((await client.rows({ name: 'study-complete', text: COMPLETE, values })).length === 0) return false;
      if (completion.why === undefined)
        await client.rows({ name: 'study-supersede', text: SUPERSEDE, values: valuesOf(held) });
      await client.rows({ name: 'study-forget-runs', text: FORGET_RUNS, values: valuesOf(held) });
      for (const [place, run] of completion.runs.entries())
        await client.rows({
          name: 'study-add-run',
          text: ADD_RUN,
          values: [...valuesOf(held), place, ...runValues(run)],
        });
      await tellIn(client, { ...event, ...(await patientOfStudy(client, held.tenant, held.studyUid)) });
      return true;
    });
    if (isWritten) this.wakeUp.ring();
    return isWritten;
  }

  begin(held: HeldGeneration, run: StudyRun): Promise<void> {
    return this.write(held, async (client) => {
      await surely(client, { name: 'study-begin', text: BEGIN, values: heldValues(held) });
      await client.rows({ name: 'study-begin-run', text: BEGIN_RUN, values: [...valuesOf(held), run.route, run.name] });
    });
  }

  endRun(held: HeldGeneration, run: StudyRun, end: RunEnd): Promise<void> {
    return this.write(held, async (client) => {
      await surely(client, { name: 'study-is-held', text: IS_HELD, values: heldValues(held) });
      await client.rows({ name: 'study-end-run', text: END_RUN, values: endValues(held, run, end) });
      await client.rows({ name: 'study-run-ended', text: RUN_ENDED, values: heldValues(held) });
    });
  }

  inferred(held: HeldGeneration, last?: { readonly run: StudyRun; readonly end: RunEnd }): Promise<Date> {
    return this.write(held, async (client) => {
      const [row] = await client.rows<{ inferredAt: Date }>({
        name: 'study-inferred',
        text: INFERRED,
        values: heldValues(held),
      });
      if (row === undefined) throw new LostLeaseError();
      if (last !== undefined)
        await client.rows({ name: 'study-end-run', text: END_RUN, values: endValues(held, last.run, last.end) });
      return row.inferredAt;
    });
  }

  /**
   * The objects and their deliveries, in one commit: neither is without the other. It is let go of until the last of them has ended.
   */
  exporting(
    held: HeldGeneration,
    results: readonly StudyResult[],
    destinations: readonly string[],
    afterMs: number,
  ): Promise<void> {
    return this.write(held, async (client) => {
      await surely(client, {
        name: 'study-exporting',
        text: EXPORTING,
        values: [...heldValues(held), destinations.length === 0 ? 0 : afterMs],
      });
      await client.rows({ name: 'study-forget-results', text: FORGET_RESULTS, values: valuesOf(held) });
      const columns = [
        results.map(({ kind }) => kind),
        results.map(({ sopClassUid }) => sopClassUid),
        results.map(({ sopInstanceUid }) => sopInstanceUid),
        results.map(({ seriesUid }) => seriesUid),
      ];
      await client.rows({ name: 'study-add-results', text: ADD_RESULTS, values: [...valuesOf(held), ...columns] });
      await enqueueDeliveries(client, held, destinations);
    });
  }

  async deliveries(key: GenerationKey): Promise<readonly StudyDelivery[]> {
    const statement = { name: 'study-deliveries', text: DELIVERIES, values: valuesOf(key) };
    const rows = await this.write(key, (client) => client.rows<Mapped<StudyDelivery>>(statement));
    return rows.map(
      ({ lastError, ...row }) => ({ ...row, ...(lastError === null ? {} : { lastError }) }) as StudyDelivery,
    );
  }

  end(held: HeldGeneration, state: Extract<StudyState, 'exported' | 'failed'>, why?: WhyNot): Promise<void> {
    const values = [...heldValues(held), state, why?.code ?? null, why?.says ?? null];
    return this.write(held, (client) => surely(client, { name: 'study-end', text: END, values }));
  }

  /** The runs of the last generation before this one that was answered. */
  async runsBefore(key: GenerationKey): Promise<readonly StudyRun[] | undefined> {
    return this.write(key, async (client) => {
      const before = await generationBefore(client, key);
      if (before === undefined) return undefined;
      return (await client.rows<RunRow>({ name: 'study-runs', text: RUNS, values: valuesOf(before) })).map(runOf);
    });
  }

  /** The result objects of a generation, in the order in which they were made. */
  results(key: GenerationKey): Promise<StudyResult[]> {
    return this.write(key, (client) =>
      client.rows<StudyResult & object>({ name: 'study-results', text: RESULTS, values: valuesOf(key) }),
    );
  }

  /** Those of the last generation before this one that has any: what a new report replaces. */
  resultsBefore(key: GenerationKey): Promise<StudyResult[]> {
    return this.write(key, async (client) => {
      const before = await generationBefore(client, key);
      return before === undefined
        ? []
        : client.rows<StudyResult & object>({ name: 'study-results', text: RESULTS, values: valuesOf(before) });
    });
  }

  /** The runs of a generation, in order. */
  async runs(key: GenerationKey): Promise<StudyRun[]> {
    return (
      await this.write(key, (client) => client.rows<RunRow>({ name: 'study-runs', text: RUNS, values: valuesOf(key) }))
    ).map(runOf);
  }

  /** Undefined of a request that came by no route. @throws ServingError `unavailable` */
  async runOfRequest(tenant: string, request: string): Promise<RunOfRequest | undefined> {
    const statement = { text: OF_REQUEST, values: [tenant, request] };
    const [found] = await orUnavailable(
      this.database.forTenant(tenant, (client) => client.rows<RunOfRequest & object>(statement)),
    );
    return found;
  }

  private write<T>({ tenant }: GenerationKey, work: (client: Queryable) => Promise<T>): Promise<T> {
    return orHeld(this.database.forTenant(tenant, work));
  }
}

/** A lease that was lost is no outage. */
async function orHeld<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LostLeaseError) throw error;
    return orUnavailable(Promise.reject(error as Error));
  }
}

async function surely(client: Queryable, statement: Statement): Promise<void> {
  if ((await client.rows(statement)).length === 0) throw new LostLeaseError();
}

async function generationBefore(client: Queryable, key: GenerationKey): Promise<GenerationKey | undefined> {
  const [row] = await client.rows<{ generation: number }>({
    name: 'study-answered-before',
    text: ANSWERED_BEFORE,
    values: valuesOf(key),
  });
  return row === undefined ? undefined : { ...key, generation: row.generation };
}

const completionValues = ({ because, instances, series, plan, verdicts, why, ...rest }: Completion): unknown[] => [
  because,
  instances,
  series,
  rest.class,
  JSON.stringify(plan),
  JSON.stringify(verdicts),
  why?.code ?? null,
  why?.says ?? null,
  plan.routes,
  rest.modalities,
];

const endValues = (held: HeldGeneration, run: StudyRun, { state, request, reason }: RunEnd): unknown[] => [
  ...valuesOf(held),
  run.route,
  run.name,
  state,
  request ?? null,
  reason ?? null,
];

const runValues = (run: StudyRun): unknown[] => [
  run.route,
  run.name,
  run.task,
  run.model ?? null,
  run.modality ?? null,
  run.question ?? null,
  JSON.stringify(run.parameters),
  run.class,
  run.deadlineMs,
  run.isOptional,
  run.seriesUid,
  run.instances,
];
