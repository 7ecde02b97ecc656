import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownRowsOnly } from './own-rows';

/**
 * The UID of the workitem that a route's work on a generation is: its UUID is a hash of the generation, whose last 48 bits are one of
 * the route, so that a workitem is found by its UID with an index. `takes` counts the times that a generation was taken up again after
 * its end: a workitem that has ended stays so, and the work that is taken up is another.
 */
const IDENTITY = `
CREATE FUNCTION medserve_workitem_root(_tenant text, _study text, _generation integer, _takes integer) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
  SELECT (left(hash, 12) || '8' || substr(hash, 14, 3) || '8' || substr(hash, 18, 3) || '000000000000')::uuid
  FROM encode(sha256(convert_to(concat_ws('/', _tenant, _study, _generation::text, _takes::text), 'UTF8')), 'hex') AS hash
$$;
CREATE FUNCTION medserve_workitem(_root uuid, _route text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (left(replace(_root::text, '-', ''), 20) || left(encode(sha256(convert_to(_route, 'UTF8')), 'hex'), 12))::uuid
$$;
`;

/**
 * What the face of the work needs of a generation. `candidates`: routes that may take it, while it comes in. `ordered`: routes that a
 * workitem from outside asks for, whatever their conditions say, and in which class.
 */
const GENERATIONS = `
ALTER TABLE study_generation
  ADD COLUMN candidates text[] NOT NULL DEFAULT '{}',
  ADD COLUMN ordered text[] NOT NULL DEFAULT '{}',
  ADD COLUMN ordered_class text CHECK (ordered_class IN ('stat', 'urgent', 'routine', 'research')),
  ADD COLUMN takes integer NOT NULL DEFAULT 0;
ALTER TABLE study_generation ADD COLUMN workitem_root uuid
  GENERATED ALWAYS AS (medserve_workitem_root(tenant, study_uid, generation, takes)) STORED;
CREATE INDEX study_generation_workitem ON study_generation (tenant, workitem_root);
`;

/**
 * Workitems that somebody outside created. The data set is as it was sent, with the patient's name: a row of the tenant. What it can be
 * searched by stands beside it. `is_ours`: the platform performs it, on the generation that it names once it has one. Of one that was
 * purged nothing is left but that it was here.
 */
const WORKITEMS = `
CREATE TABLE workitem (
  tenant text NOT NULL,
  uid text NOT NULL CHECK (uid ~ '^[0-9.]{1,64}$'),
  state text NOT NULL DEFAULT 'SCHEDULED' CHECK (state IN ('SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED')),
  transaction_uid text,
  label text NOT NULL,
  priority text NOT NULL CHECK (priority IN ('HIGH', 'MEDIUM', 'LOW')),
  readiness text NOT NULL CHECK (readiness IN ('INCOMPLETE', 'UNAVAILABLE', 'READY')),
  scheduled_at timestamptz NOT NULL,
  patient_id text,
  patient_name text,
  accession text,
  study_uids text[] NOT NULL DEFAULT '{}',
  inputs text[] NOT NULL DEFAULT '{}',
  data_set json NOT NULL,
  revision integer NOT NULL DEFAULT 0,
  is_ours boolean NOT NULL DEFAULT false,
  study_uid text,
  generation integer,
  reason text,
  says text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  modified_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  removed_at timestamptz,
  PRIMARY KEY (tenant, uid),
  FOREIGN KEY (tenant, study_uid, generation) REFERENCES study_generation ON DELETE CASCADE,
  CHECK ((state IN ('COMPLETED', 'CANCELED')) = (ended_at IS NOT NULL)),
  CHECK (NOT is_ours OR transaction_uid IS NULL)
);
CREATE INDEX workitem_list ON workitem (tenant, scheduled_at DESC, uid);
CREATE INDEX workitem_study ON workitem (tenant, study_uid, generation) WHERE study_uid IS NOT NULL;
CREATE INDEX workitem_open ON workitem (label, created_at) WHERE state IN ('SCHEDULED', 'IN PROGRESS') AND study_uid IS NULL;
CREATE INDEX workitem_standing ON workitem (tenant) WHERE ended_at IS NULL;
CREATE INDEX workitem_ended ON workitem (ended_at) WHERE ended_at IS NOT NULL AND removed_at IS NULL;
`;

/**
 * A workitem goes where its generation goes, in the same commit. One whose generation was overtaken, or would have seen nothing new, is
 * placed anew. A route that did not take the study after all has nothing to do.
 */
const FOLLOWING = `
CREATE FUNCTION medserve_taken_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.takes := OLD.takes + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER taken_again BEFORE UPDATE OF state ON study_generation FOR EACH ROW
  WHEN (OLD.state IN ('exported', 'skipped', 'failed') AND NEW.state NOT IN ('exported', 'skipped', 'failed'))
  EXECUTE FUNCTION medserve_taken_again();

CREATE FUNCTION medserve_why_not_taken(_verdicts json, _route text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT verdict -> 'why' ->> 'says' FROM json_array_elements(_verdicts) AS verdict WHERE verdict ->> 'route' = _route LIMIT 1
$$;
CREATE FUNCTION medserve_state_of_work(_state text, _routes text[], _route text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN _state = 'receiving' THEN 'SCHEDULED'
    WHEN _state IN ('skipped', 'failed') OR NOT _route = ANY (_routes) THEN 'CANCELED'
    WHEN _state = 'complete' THEN 'SCHEDULED'
    WHEN _state = 'exported' THEN 'COMPLETED'
    ELSE 'IN PROGRESS' END
$$;

CREATE FUNCTION medserve_workitems_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'skipped' AND NEW.reason IN ('superseded', 'unchanged') THEN
    UPDATE workitem SET study_uid = NULL, generation = NULL
    WHERE tenant = NEW.tenant AND study_uid = NEW.study_uid AND generation = NEW.generation AND ended_at IS NULL;
    RETURN NULL;
  END IF;
  UPDATE workitem AS item SET state = work.state, modified_at = clock_timestamp(), revision = revision + 1,
    ended_at = CASE WHEN work.state IN ('COMPLETED', 'CANCELED') THEN clock_timestamp() END,
    reason = CASE WHEN work.state = 'CANCELED' THEN coalesce(NEW.reason, 'not_taken') END,
    says = CASE WHEN work.state = 'CANCELED' THEN coalesce(NEW.says, medserve_why_not_taken(NEW.verdicts, item.label)) END
  FROM (
    SELECT uid, CASE WHEN kept.state = 'IN PROGRESS' AND now_at = 'SCHEDULED' THEN kept.state ELSE now_at END AS state
    FROM workitem AS kept, medserve_state_of_work(NEW.state, NEW.routes, kept.label) AS now_at
    WHERE tenant = NEW.tenant AND study_uid = NEW.study_uid AND generation = NEW.generation AND ended_at IS NULL
  ) AS work
  WHERE item.tenant = NEW.tenant AND item.uid = work.uid AND item.state <> work.state;
  RETURN NULL;
END $$;
CREATE TRIGGER workitems_follow AFTER UPDATE OF state ON study_generation FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION medserve_workitems_follow();
`;

/** A study that is removed without a trace leaves none in the worklist, also where nothing was done with it yet. */
const FORGETTING = `
CREATE FUNCTION medserve_forget_workitems() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM workitem WHERE tenant = OLD.tenant AND OLD.study_uid = ANY (study_uids);
  RETURN NULL;
END $$;
CREATE TRIGGER forgets_workitems AFTER DELETE ON dicom_study FOR EACH ROW EXECUTE FUNCTION medserve_forget_workitems();
`;

/** Both kinds as one worklist: those that were created, and the work of routes, which is read off the studies. */
const FACE = `
CREATE VIEW workitem_face WITH (security_invoker = true) AS
SELECT tenant, uid, NULL::uuid AS root, state, label, priority, readiness, scheduled_at, modified_at, patient_id,
  patient_name, accession, study_uids, data_set, revision, transaction_uid, is_ours, study_uid, generation, ended_at, reason, says,
  NULL::jsonb AS patient, NULL::timestamptz AS begun_at
FROM workitem WHERE removed_at IS NULL
UNION ALL
SELECT study.tenant, NULL, study.workitem_root,
  medserve_state_of_work(study.state, study.routes, label), label,
  CASE class WHEN 'stat' THEN 'HIGH' WHEN 'urgent' THEN 'HIGH' WHEN 'research' THEN 'LOW' ELSE 'MEDIUM' END,
  CASE study.state WHEN 'receiving' THEN 'INCOMPLETE' ELSE 'READY' END, first_at,
  coalesce(ended_at, exporting_at, inferred_at, completed_at, last_at), kept.patient_id,
  kept.attributes -> '00100010' -> 'Value' -> 0 ->> 'Alphabetic', kept.accession, ARRAY[study.study_uid], NULL, 0, NULL, true,
  study.study_uid, study.generation, ended_at, CASE WHEN study.state = 'receiving' OR label = ANY (study.routes) THEN reason ELSE coalesce(reason, 'not_taken') END,
  coalesce(says, CASE WHEN NOT label = ANY (study.routes) THEN medserve_why_not_taken(verdicts, label) END), kept.attributes, completed_at
FROM study_generation AS study
  CROSS JOIN LATERAL (SELECT DISTINCT label FROM unnest(study.candidates || study.routes || study.ordered) AS label) AS labels
  LEFT JOIN dicom_study AS kept ON kept.tenant = study.tenant AND kept.study_uid = study.study_uid;
GRANT SELECT ON workitem_face TO medserve_gateway, medserve_recorder;
`;

/** Of all tenants, for the gateways, which perform for each of them: orders whose study is here, the most urgent first. */
const WAITING = `
CREATE FUNCTION medserve_waiting_workitems(_routes text[], _most integer) RETURNS TABLE (tenant text, uid text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT item.tenant, item.uid FROM workitem AS item
  WHERE item.label = ANY (_routes) AND item.study_uid IS NULL AND item.state IN ('SCHEDULED', 'IN PROGRESS')
    AND (item.is_ours OR item.state = 'SCHEDULED') AND item.removed_at IS NULL
    AND EXISTS (SELECT 1 FROM study_generation AS study WHERE study.tenant = item.tenant AND study.study_uid = item.study_uids[1])
    AND NOT EXISTS (SELECT 1 FROM unnest(item.inputs) AS wanted (instance) WHERE NOT EXISTS (
      SELECT 1 FROM dicom_instance AS kept WHERE kept.tenant = item.tenant AND kept.sop_instance_uid = wanted.instance))
  ORDER BY array_position(ARRAY['HIGH', 'MEDIUM', 'LOW'], item.priority), item.created_at LIMIT _most
$$;
REVOKE ALL ON FUNCTION medserve_waiting_workitems FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_waiting_workitems TO medserve_gateway;

CREATE FUNCTION medserve_purge_workitems(_before timestamptz, _most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH purged AS (
    UPDATE workitem AS item SET label = '', data_set = '{}', patient_id = NULL, patient_name = NULL, accession = NULL, study_uids = '{}',
      inputs = '{}', study_uid = NULL, generation = NULL, transaction_uid = NULL, says = NULL, removed_at = now()
    FROM (SELECT tenant, uid FROM workitem WHERE ended_at < _before AND removed_at IS NULL ORDER BY ended_at LIMIT _most
      FOR UPDATE SKIP LOCKED) AS old
    WHERE item.tenant = old.tenant AND item.uid = old.uid RETURNING 1
  ) SELECT count(*)::int FROM purged
$$;
REVOKE ALL ON FUNCTION medserve_purge_workitems FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_purge_workitems TO medserve_gateway;
`;

export class Workitems1766400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const rights = ownRowsOnly('workitem', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE, DELETE');
    await runner.query(IDENTITY + GENERATIONS + WORKITEMS + rights + FOLLOWING + FORGETTING + FACE + WAITING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION medserve_waiting_workitems, medserve_purge_workitems;
      DROP VIEW workitem_face;
      DROP TRIGGER forgets_workitems ON dicom_study;
      DROP TRIGGER taken_again ON study_generation;
      DROP TRIGGER workitems_follow ON study_generation;
      DROP FUNCTION medserve_taken_again, medserve_workitems_follow, medserve_forget_workitems, medserve_state_of_work, medserve_why_not_taken;
      DROP TABLE workitem;
      ALTER TABLE study_generation DROP COLUMN workitem_root, DROP COLUMN candidates, DROP COLUMN ordered, DROP COLUMN ordered_class,
        DROP COLUMN takes;
      DROP FUNCTION medserve_workitem, medserve_workitem_root;
    `);
  }
}
