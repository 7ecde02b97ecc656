import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownRowsOnly } from './own-rows';

/**
 * Who is told what changes in the worklist (PS3.4 CC.2.3). `workitem`: a UID; `all` of the worklist; those `matching` what `filter` says.
 * `uuid`: what the UID of a route's work is made of. `is_wanted`: false for a workitem that its subscriber to the worklist wants nothing
 * of. `suspended_at`: what came into the worklist after that is not subscribed to by itself.
 */
const SUBSCRIPTIONS = `
CREATE TABLE workitem_subscription (
  tenant text NOT NULL,
  aet text NOT NULL CHECK (length(aet) BETWEEN 1 AND 16),
  workitem text NOT NULL CHECK (workitem IN ('all', 'matching') OR workitem ~ '^[0-9.]{1,64}$'),
  uuid uuid,
  is_wanted boolean NOT NULL DEFAULT true,
  is_locked boolean NOT NULL DEFAULT false,
  filter json CHECK ((filter IS NOT NULL) = (workitem = 'matching')),
  suspended_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, aet, workitem)
);
`;

/**
 * What subscribers are still to be told, in the order in which it happened to each workitem. `is_filtered`: only if the workitem matches
 * what its subscriber asked for, which is looked at when it is told.
 */
const REPORTS = `
CREATE TABLE workitem_report (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  aet text NOT NULL,
  uid text,
  uuid uuid,
  event smallint NOT NULL,
  says json NOT NULL,
  is_filtered boolean NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX workitem_report_waiting ON workitem_report (tenant, aet, position);
`;

/** Elements of the DICOM JSON model, as they stand in reports (PS3.4 table CC.2.4-1). */
const WORDS = `
CREATE FUNCTION medserve_state_report(_state text, _readiness text, _more jsonb) RETURNS json LANGUAGE sql IMMUTABLE AS $$
  SELECT (jsonb_build_object('00741000', jsonb_build_object('vr', 'CS', 'Value', jsonb_build_array(_state)),
    '00404041', jsonb_build_object('vr', 'CS', 'Value', jsonb_build_array(_readiness))) || coalesce(_more, '{}'))::json
$$;
CREATE FUNCTION medserve_elements(_of jsonb, _tags text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(tag, _of -> tag), '{}') FROM unnest(_tags) AS tag WHERE _of ? tag
$$;
CREATE FUNCTION medserve_long_text(_tag text, _text text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN _text IS NULL THEN '{}' ELSE jsonb_build_object(_tag, jsonb_build_object('vr', 'LT', 'Value', jsonb_build_array(_text))) END
$$;
`;

/**
 * Puts down what those are to be told who have subscribed to a workitem, or to the worklist before or while it was in it. Runs with the
 * rights of who calls it.
 */
const REPORT = `
CREATE FUNCTION medserve_report_workitem(_tenant text, _uid text, _uuid uuid, _begun timestamptz, _event integer, _says json) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO workitem_report (tenant, aet, uid, uuid, event, says, is_filtered)
  SELECT _tenant, one.aet, _uid, _uuid, _event, _says, bool_and(one.workitem = 'matching')
  FROM workitem_subscription AS one
  WHERE one.tenant = _tenant AND one.is_wanted
    AND (one.workitem = _uid OR one.uuid = _uuid
      OR (one.workitem IN ('all', 'matching') AND (one.suspended_at IS NULL OR _begun < one.suspended_at)
        AND NOT EXISTS (SELECT 1 FROM workitem_subscription AS other
          WHERE other.tenant = _tenant AND other.aet = one.aet AND NOT other.is_wanted AND (other.workitem = _uid OR other.uuid = _uuid))))
  GROUP BY one.aet
$$;
`;

const PROGRESS = `#> '{00741002,Value,0}'`;
/** What a request to cancel, and a cancellation, leave in the progress of a workitem: told by their own reports. */
const CANCELLING = `'{00741238,0074100E,0074100A,0074100C,00404052}'::text[]`;
const PERFORMERS = `'{00404009,00404036}'::text[]`;

/**
 * Of workitems that were created. One that ends without ever having been claimed is told as if it had been in progress in between, since
 * there is no other way from one state to the other (PS3.4 figure CC.1.1-1).
 */
const OF_WORKITEMS = `
CREATE FUNCTION medserve_workitem_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_new CONSTANT boolean := TG_OP = 'INSERT';
  after CONSTANT jsonb := NEW.data_set::jsonb;
  before jsonb := '{}';
BEGIN
  IF NOT EXISTS (SELECT 1 FROM workitem_subscription WHERE tenant = NEW.tenant) THEN RETURN NULL; END IF;
  IF NOT is_new THEN
    before := OLD.data_set::jsonb;
    IF OLD.state = 'SCHEDULED' AND NEW.ended_at IS NOT NULL THEN
      PERFORM medserve_report_workitem(NEW.tenant, NEW.uid, NULL, NEW.created_at, 1, medserve_state_report('IN PROGRESS', NEW.readiness, NULL));
    END IF;
  END IF;
  IF is_new OR (OLD.state, OLD.readiness) IS DISTINCT FROM (NEW.state, NEW.readiness) THEN
    PERFORM medserve_report_workitem(NEW.tenant, NEW.uid, NULL, NEW.created_at, 1, medserve_state_report(NEW.state, NEW.readiness,
      CASE WHEN NEW.state = 'CANCELED' THEN medserve_elements(after ${PROGRESS}, '{00741238,0074100E}') || medserve_long_text('00741238', NEW.says) END));
  END IF;
  IF NOT is_new AND (after ${PROGRESS}) - ${CANCELLING} IS DISTINCT FROM (before ${PROGRESS}) - ${CANCELLING} AND NEW.ended_at IS NULL THEN
    PERFORM medserve_report_workitem(NEW.tenant, NEW.uid, NULL, NEW.created_at, 3, medserve_elements(after, '{00741002}')::json);
  END IF;
  IF (nullif(after #> '{00404025,Value}', '[]'), nullif(after #> '{00404034,Value}', '[]'))
    IS DISTINCT FROM (nullif(before #> '{00404025,Value}', '[]'), nullif(before #> '{00404034,Value}', '[]')) THEN
    PERFORM medserve_report_workitem(NEW.tenant, NEW.uid, NULL, NEW.created_at, 5,
      (medserve_elements(after, '{00404025}') || medserve_elements(after #> '{00404034,Value,0}', ${PERFORMERS}))::json);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tells_subscribers AFTER INSERT ON workitem FOR EACH ROW EXECUTE FUNCTION medserve_workitem_reports();
CREATE TRIGGER tells_subscribers_of_changes AFTER UPDATE OF state, readiness, data_set ON workitem FOR EACH ROW
  WHEN (NEW.removed_at IS NULL) EXECUTE FUNCTION medserve_workitem_reports();
`;

/** Of the work of routes, which is read off the studies (workitem_face): what stands there now and did not before, or otherwise. */
const OF_ROUTES = `
CREATE FUNCTION medserve_work_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  work record;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM workitem_subscription WHERE tenant = NEW.tenant) THEN RETURN NULL; END IF;
  FOR work IN
    SELECT medserve_workitem(NEW.workitem_root, label) AS uuid, now_at.*, was_at.state AS was
    FROM (SELECT DISTINCT unnest(NEW.candidates || NEW.routes || NEW.ordered) AS label) AS labels
      CROSS JOIN LATERAL (SELECT medserve_state_of_work(NEW.state, NEW.routes, label) AS state,
        CASE NEW.state WHEN 'receiving' THEN 'INCOMPLETE' ELSE 'READY' END AS readiness,
        coalesce(NEW.says, CASE WHEN NOT label = ANY (NEW.routes) THEN medserve_why_not_taken(NEW.verdicts, label) END) AS says) AS now_at
      LEFT JOIN LATERAL (SELECT medserve_state_of_work(OLD.state, OLD.routes, label) AS state,
        CASE OLD.state WHEN 'receiving' THEN 'INCOMPLETE' ELSE 'READY' END AS readiness
        WHERE TG_OP = 'UPDATE' AND OLD.workitem_root = NEW.workitem_root AND label = ANY (OLD.candidates || OLD.routes || OLD.ordered)) AS was_at ON true
    WHERE (now_at.state, now_at.readiness) IS DISTINCT FROM (was_at.state, was_at.readiness)
  LOOP
    IF work.was = 'SCHEDULED' AND work.state IN ('COMPLETED', 'CANCELED') THEN
      PERFORM medserve_report_workitem(NEW.tenant, NULL, work.uuid, NEW.first_at, 1, medserve_state_report('IN PROGRESS', work.readiness, NULL));
    END IF;
    PERFORM medserve_report_workitem(NEW.tenant, NULL, work.uuid, NEW.first_at, 1, medserve_state_report(work.state, work.readiness,
      CASE WHEN work.state = 'CANCELED' THEN medserve_long_text('00741238', work.says) END));
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER tells_subscribers AFTER INSERT ON study_generation FOR EACH ROW EXECUTE FUNCTION medserve_work_reports();
CREATE TRIGGER tells_subscribers_of_changes AFTER UPDATE OF state, candidates, routes, ordered ON study_generation FOR EACH ROW
  WHEN ((OLD.state, OLD.candidates, OLD.routes, OLD.ordered) IS DISTINCT FROM (NEW.state, NEW.candidates, NEW.routes, NEW.ordered))
  EXECUTE FUNCTION medserve_work_reports();
`;

/** Of a workitem that is gone nothing is told any more. */
const FORGETTING = `
CREATE FUNCTION medserve_forget_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM workitem_report WHERE tenant = OLD.tenant AND uid = OLD.uid;
  DELETE FROM workitem_subscription WHERE tenant = OLD.tenant AND workitem = OLD.uid;
  RETURN NULL;
END $$;
CREATE TRIGGER forgets_reports AFTER DELETE ON workitem FOR EACH ROW EXECUTE FUNCTION medserve_forget_reports();
CREATE TRIGGER forgets_reports_of_removed AFTER UPDATE OF removed_at ON workitem FOR EACH ROW
  WHEN (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL) EXECUTE FUNCTION medserve_forget_reports();

CREATE FUNCTION medserve_forget_work_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone uuid[];
BEGIN
  SELECT array_agg(medserve_workitem(OLD.workitem_root, label)) INTO gone FROM unnest(OLD.candidates || OLD.routes || OLD.ordered) AS label;
  DELETE FROM workitem_report WHERE tenant = OLD.tenant AND uuid = ANY (gone);
  DELETE FROM workitem_subscription WHERE tenant = OLD.tenant AND uuid = ANY (gone);
  RETURN NULL;
END $$;
CREATE TRIGGER forgets_reports AFTER DELETE ON study_generation FOR EACH ROW EXECUTE FUNCTION medserve_forget_work_reports();
`;

/** Of all tenants, for a gateway, whose connections are of any of them: who of its subscribers has something to be told. */
const WAITING = `
CREATE FUNCTION medserve_reports_waiting(_tenants text[], _aets text[]) RETURNS TABLE (tenant text, aet text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT asked.tenant, asked.aet FROM unnest(_tenants, _aets) AS asked (tenant, aet)
  WHERE EXISTS (SELECT 1 FROM workitem_report AS report WHERE report.tenant = asked.tenant AND report.aet = asked.aet)
$$;
REVOKE ALL ON FUNCTION medserve_reports_waiting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_reports_waiting TO medserve_gateway;
`;

/** @param more conditions on \`item\`, the workitem that would be purged, and what else goes at that time */
const purge = (more: string, also: string): string => `
CREATE OR REPLACE FUNCTION medserve_purge_workitems(_before timestamptz, _most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH purged AS (
    UPDATE workitem AS item SET label = '', data_set = '{}', patient_id = NULL, patient_name = NULL, accession = NULL, study_uids = '{}',
      inputs = '{}', study_uid = NULL, generation = NULL, transaction_uid = NULL, says = NULL, removed_at = now()
    FROM (SELECT tenant, uid FROM workitem AS item WHERE ended_at < _before AND removed_at IS NULL${more} ORDER BY ended_at LIMIT _most
      FOR UPDATE SKIP LOCKED) AS old
    WHERE item.tenant = old.tenant AND item.uid = old.uid RETURNING 1
  )${also} SELECT count(*)::int FROM purged
$$;
`;

/** A deletion lock keeps a workitem for three times as long. What nobody has fetched for a week is not told any more. */
const LOCKED = ` AND NOT (ended_at > _before - interval '60 days' AND EXISTS (SELECT 1 FROM workitem_subscription AS one
      WHERE one.tenant = item.tenant AND one.is_locked AND one.is_wanted AND one.workitem IN (item.uid, 'all')))`;
const STALE = `, stale AS (DELETE FROM workitem_report WHERE at < clock_timestamp() - interval '7 days')`;

export class WorkitemSubscriptions1767700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const rights = [
      ownRowsOnly('workitem_subscription', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, DELETE'),
      ownRowsOnly('workitem_report', 'SELECT, INSERT, DELETE', 'SELECT, DELETE'),
    ].join('');
    await runner.query(
      SUBSCRIPTIONS + REPORTS + rights + WORDS + REPORT + OF_WORKITEMS + OF_ROUTES + FORGETTING + WAITING,
    );
    await runner.query(purge(LOCKED, STALE));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(purge('', ''));
    await runner.query(`
      DROP TRIGGER tells_subscribers ON workitem;
      DROP TRIGGER tells_subscribers_of_changes ON workitem;
      DROP TRIGGER forgets_reports ON workitem;
      DROP TRIGGER forgets_reports_of_removed ON workitem;
      DROP TRIGGER tells_subscribers ON study_generation;
      DROP TRIGGER tells_subscribers_of_changes ON study_generation;
      DROP TRIGGER forgets_reports ON study_generation;
      DROP FUNCTION medserve_reports_waiting, medserve_forget_reports, medserve_forget_work_reports, medserve_work_reports,
        medserve_workitem_reports, medserve_report_workitem, medserve_long_text, medserve_elements, medserve_state_report;
      DROP TABLE workitem_report, workitem_subscription;
    `);
  }
}
