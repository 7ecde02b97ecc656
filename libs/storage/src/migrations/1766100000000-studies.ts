import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownRowsOnly } from './own-rows';

/**
 * Studies on their way, a row a generation. `arrivals` counts the times that instances came, so that what was decided on fewer is not
 * written; `due_at` is when it is to be looked at, NULL: never by itself. Who works on one has raised `lease_token`, and can write
 * nothing once somebody else has. `losses` counts those who held it and were heard of no more, in a row.
 */
const GENERATIONS = `
CREATE TABLE study_generation (
  tenant text NOT NULL,
  study_uid text NOT NULL CHECK (study_uid ~ '^[0-9.]{1,64}$'),
  generation integer NOT NULL CHECK (generation > 0),
  state text NOT NULL DEFAULT 'receiving'
    CHECK (state IN ('receiving', 'complete', 'inferring', 'inferred', 'exporting', 'exported', 'skipped', 'failed')),
  class text NOT NULL DEFAULT 'routine' CHECK (class IN ('stat', 'urgent', 'routine', 'research')),
  first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  go_at timestamptz,
  completed_at timestamptz,
  inferred_at timestamptz,
  exporting_at timestamptz,
  ended_at timestamptz,
  arrivals bigint NOT NULL DEFAULT 1,
  because text,
  instances integer,
  series integer,
  modalities text[] NOT NULL DEFAULT '{}',
  routes text[] NOT NULL DEFAULT '{}',
  plan json NOT NULL DEFAULT '{"routes":[],"wants":[],"deliver":[],"onFailure":"fail"}',
  verdicts json NOT NULL DEFAULT '[]',
  reason text CHECK (reason ~ '^[a-z_]{1,40}$'),
  says text,
  waits_for text CHECK (waits_for ~ '^[a-z_]{1,40}$'),
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz DEFAULT clock_timestamp(),
  lease_holder text,
  lease_token bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  losses integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, study_uid, generation),
  CHECK ((state IN ('exported', 'skipped', 'failed')) = (ended_at IS NOT NULL)),
  CHECK ((state IN ('skipped', 'failed')) = (reason IS NOT NULL))
);
CREATE INDEX study_generation_due ON study_generation (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX study_generation_held ON study_generation (tenant) WHERE lease_until IS NOT NULL;
CREATE INDEX study_generation_list ON study_generation (tenant, first_at DESC, study_uid, generation);
CREATE INDEX study_generation_open ON study_generation (state, first_at) WHERE state NOT IN ('exported', 'skipped');
`;

/** What a generation asks models, in the order of its routes, and the objects that were made of the answers. */
const PARTS = `
CREATE TABLE study_run (
  tenant text NOT NULL,
  study_uid text NOT NULL,
  generation integer NOT NULL,
  place integer NOT NULL,
  route text NOT NULL,
  name text NOT NULL,
  task text NOT NULL,
  model text,
  modality text,
  question text,
  parameters json NOT NULL,
  class text NOT NULL,
  deadline_ms integer NOT NULL,
  is_optional boolean NOT NULL,
  series_uid text NOT NULL,
  instances text[] NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'answered', 'failed', 'skipped')),
  attempts integer NOT NULL DEFAULT 0,
  request uuid,
  reason text CHECK (reason ~ '^[a-z_]{1,40}$'),
  ended_at timestamptz,
  PRIMARY KEY (tenant, study_uid, generation, place),
  UNIQUE (tenant, study_uid, generation, route, name),
  FOREIGN KEY (tenant, study_uid, generation) REFERENCES study_generation ON DELETE CASCADE,
  CHECK (state <> 'answered' OR request IS NOT NULL)
);
CREATE INDEX study_run_request ON study_run (request) WHERE request IS NOT NULL;
CREATE TABLE study_result (
  tenant text NOT NULL,
  study_uid text NOT NULL,
  generation integer NOT NULL,
  place integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('sr', 'seg', 'sc', 'gsps')),
  sop_class_uid text NOT NULL,
  sop_instance_uid text NOT NULL,
  series_uid text NOT NULL,
  PRIMARY KEY (tenant, study_uid, generation, place),
  UNIQUE (tenant, sop_instance_uid),
  FOREIGN KEY (tenant, study_uid, generation) REFERENCES study_generation ON DELETE CASCADE
);
`;

/**
 * In the transaction that makes instances known: none is stored that its study does not hear of. What we put there ourselves begins no
 * generation. Who completes a generation at the same moment holds its row: this waits, and begins the next one.
 */
const ARRIVALS = `
CREATE FUNCTION medserve_studies_arrive() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  one record;
  latest record;
BEGIN
  FOR one IN SELECT tenant, study_uid, count(*) AS instances FROM came WHERE door <> 'own' GROUP BY 1, 2 ORDER BY 1, 2 LOOP
    LOOP
      SELECT ctid AS place, state, generation INTO latest FROM study_generation
        WHERE tenant = one.tenant AND study_uid = one.study_uid ORDER BY generation DESC LIMIT 1 FOR UPDATE;
      IF latest.state = 'receiving' THEN
        UPDATE study_generation SET arrivals = arrivals + one.instances, last_at = clock_timestamp(),
          due_at = coalesce(due_at, clock_timestamp())
        WHERE ctid = latest.place;
        EXIT;
      END IF;
      INSERT INTO study_generation (tenant, study_uid, generation, arrivals)
      VALUES (one.tenant, one.study_uid, coalesce(latest.generation, 0) + 1, one.instances) ON CONFLICT DO NOTHING;
      EXIT WHEN FOUND;
    END LOOP;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER studies_arrive AFTER INSERT ON dicom_instance REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION medserve_studies_arrive();
`;

/** A study that is removed without a trace leaves none here: neither what was done with it, nor to whom its results were sent. */
const FORGETTING = `
CREATE FUNCTION medserve_forget_study() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM study_generation WHERE tenant = OLD.tenant AND study_uid = OLD.study_uid;
  DELETE FROM delivery WHERE tenant = OLD.tenant AND study_uid = OLD.study_uid;
  RETURN NULL;
END $$;
CREATE TRIGGER forgets_study AFTER DELETE ON dicom_study FOR EACH ROW EXECUTE FUNCTION medserve_forget_study();
`;

/**
 * What is due, of all tenants: a gateway works for each of them. With the rights of its owner, who sees them all. The most urgent
 * first; then the tenants take turns, so that a thousand studies of one do not keep the only one of another waiting; then what has been
 * due longest. Generations that another takes at the same moment are passed over. Who held one and did not let go of it is lost.
 * `_express`: only what takes no time, or has none.
 */
const CLAIM = `
CREATE FUNCTION medserve_claim_studies(_holder text, _most integer, _lease_ms float8, _express boolean)
RETURNS TABLE (tenant text, study_uid text, generation integer, token bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH busy AS (
    SELECT tenant, count(*) AS held FROM study_generation WHERE lease_until >= now() GROUP BY 1
  ), waiting AS (
    SELECT tenant, study_uid, generation, urgency,
      coalesce(busy.held, 0) + row_number() OVER (PARTITION BY tenant, urgency ORDER BY due_at) AS turn
    FROM (
      SELECT one.*, array_position(ARRAY['stat', 'urgent', 'routine', 'research'], class) AS urgency FROM study_generation AS one
      WHERE due_at <= now() AND (lease_until IS NULL OR lease_until < now())
        AND (NOT _express OR state IN ('receiving', 'exporting') OR class IN ('stat', 'urgent'))
    ) AS due LEFT JOIN busy USING (tenant)
  )
  UPDATE study_generation AS taken SET lease_holder = _holder, lease_token = taken.lease_token + 1,
    lease_until = now() + make_interval(secs => _lease_ms / 1000),
    losses = taken.losses + CASE WHEN taken.lease_holder IS NULL THEN 0 ELSE 1 END
  FROM (
    SELECT one.tenant, one.study_uid, one.generation
    FROM study_generation AS one JOIN waiting USING (tenant, study_uid, generation)
    WHERE one.due_at <= now() AND (one.lease_until IS NULL OR one.lease_until < now())
    ORDER BY urgency, turn, one.due_at LIMIT _most FOR UPDATE OF one SKIP LOCKED
  ) AS due
  WHERE taken.tenant = due.tenant AND taken.study_uid = due.study_uid AND taken.generation = due.generation
  RETURNING taken.tenant, taken.study_uid, taken.generation, taken.lease_token
$$;
REVOKE ALL ON FUNCTION medserve_claim_studies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_claim_studies TO medserve_gateway;
`;

/** For metrics: how many generations of all tenants are in which state, and how long ago the first instance of the oldest came. */
const STANDING = `
CREATE FUNCTION medserve_studies_standing() RETURNS TABLE (route text, state text, studies integer, oldest_seconds float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT route, state, count(*)::int, extract(epoch FROM now() - min(first_at))::float8
  FROM study_generation, unnest(CASE WHEN routes = '{}' THEN ARRAY['none'] ELSE routes END) AS route
  WHERE state NOT IN ('exported', 'skipped') GROUP BY 1, 2
$$;
REVOKE ALL ON FUNCTION medserve_studies_standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_studies_standing TO medserve_gateway;
`;

const RIGHTS = [
  ownRowsOnly('study_generation', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE, DELETE'),
  ownRowsOnly('study_run', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, UPDATE, DELETE'),
  ownRowsOnly('study_result', 'SELECT, INSERT, DELETE', 'SELECT, DELETE'),
].join('');

export class Studies1766100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(GENERATIONS + PARTS + ARRIVALS + FORGETTING + CLAIM + STANDING + RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER studies_arrive ON dicom_instance;
      DROP TRIGGER forgets_study ON dicom_study;
      DROP FUNCTION medserve_studies_arrive, medserve_forget_study, medserve_claim_studies, medserve_studies_standing;
      DROP TABLE study_result, study_run, study_generation;
    `);
  }
}
