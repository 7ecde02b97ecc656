import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FOLLOW, listEarlier } from './job-functions';
import { ownRowsOnly } from './own-rows';

/**
 * Every accepted request, as a list shows it: words that the log has of it, nothing of a patient. `model`: the one that answered, until
 * then the one that is expected to. `problem`: why there is no answer, where there is none. Every request pays for each index, so there
 * is the one that pages go along and none for what is looked for (jobs/job-search.ts). Rows have room for their ending on their page,
 * where it touches no index. A row stays as long as its request does, which is for good, as idempotency and results go by it.
 */
const JOBS = `
CREATE TABLE job (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  state text NOT NULL CHECK (state IN ('accepted', 'completed', 'failed', 'cancelled', 'abandoned')),
  accepted_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  task text,
  modality text,
  model text,
  version text,
  class text,
  door text,
  site text,
  problem text,
  CHECK ((state = 'accepted') = (ended_at IS NULL))
) WITH (fillfactor = 60);
CREATE INDEX job_list ON job (tenant, accepted_at DESC, id DESC);
${ownRowsOnly('job', 'SELECT', 'SELECT')}
`;

/** Jobs that somebody wants to have ended, until the gateway that runs each has heard of it. */
const CANCELLATIONS = `
CREATE TABLE job_cancellation (
  request uuid PRIMARY KEY,
  tenant text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now()
);
${ownRowsOnly('job_cancellation', 'SELECT, INSERT, DELETE', 'SELECT')}
`;

/** Of all tenants, for a gateway, which runs the jobs of each of them: those of its own that are to end. They are told once. */
const HEARD = `
CREATE FUNCTION medserve_cancelled_jobs(_running uuid[]) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM job_cancellation WHERE request = ANY (_running) OR asked_at < now() - interval '1 day' RETURNING request
$$;
REVOKE ALL ON FUNCTION medserve_cancelled_jobs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_cancelled_jobs TO medserve_gateway;
`;

/** Those that run. The trigger holds the outbox shut until this has committed, so that none of them ends unseen. */
const RUNNING = listEarlier(`request.status = 'accepted'`);

export class Jobs1767200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(JOBS + CANCELLATIONS + HEARD + FOLLOW + RUNNING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER job_follows ON outbox;
      DROP FUNCTION medserve_job_follows, medserve_cancelled_jobs;
      DROP TABLE job, job_cancellation;
    `);
  }
}
