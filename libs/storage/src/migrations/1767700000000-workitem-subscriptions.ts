import type { MigrationInterface, QueryRunner } from 'typeorm';
import { WORKLIST_OF_TENANT } from '../locks';
import { ownRowsOnly } from './own-rows';

/**
 * Who is told what changes in the worklist (PS3.4 CC.2.3). `workitem`: a UID; `all` of the worklist; those `matching` the columns after
 * it, in which NULL asks for nothing and labels are patterns of LIKE. `uuid`: what the UID of a route's work is made of. `is_wanted`: false
 * for a workitem that its subscriber to the worklist wants nothing of. `suspended_at`: what came into the worklist after that is not
 * subscribed to by itself. What names a patient is no column: a subscription has no end.
 */
const SUBSCRIPTIONS = `
CREATE TABLE workitem_subscription (
  tenant text NOT NULL,
  aet text NOT NULL CHECK (length(aet) BETWEEN 1 AND 16),
  workitem text NOT NULL CHECK (workitem IN ('all', 'matching') OR workitem ~ '^[0-9.]{1,64}$'),
  uuid uuid,
  is_wanted boolean NOT NULL DEFAULT true,
  is_locked boolean NOT NULL DEFAULT false,
  labels text[],
  priorities text[],
  readiness text[],
  scheduled_from timestamptz,
  scheduled_to timestamptz,
  suspended_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, aet, workitem)
);
CREATE INDEX workitem_subscription_of ON workitem_subscription (tenant, workitem);
CREATE INDEX workitem_subscription_of_work ON workitem_subscription (tenant, uuid) WHERE uuid IS NOT NULL;
`;

/**
 * What subscribers are still to be told, in the order in which it happened to each workitem. `study_uid`: of the work of a route.
 * `is_standing`: how a workitem stood when its subscriber asked, and not a change.
 */
const REPORTS = `
CREATE TABLE workitem_report (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  aet text NOT NULL,
  uid text,
  uuid uuid,
  study_uid text,
  event smallint NOT NULL,
  says json NOT NULL,
  is_standing boolean NOT NULL DEFAULT false,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX workitem_report_waiting ON workitem_report (tenant, aet, position);
CREATE INDEX workitem_report_of ON workitem_report (tenant, uid) WHERE uid IS NOT NULL;
CREATE INDEX workitem_report_of_study ON workitem_report (tenant, study_uid) WHERE study_uid IS NOT NULL;
CREATE INDEX workitem_report_age ON workitem_report (at);
`;

/** Elements of the DICOM JSON model, as they stand in reports (PS3.4 table CC.2.4-1). */
const WORDS = `
CREATE FUNCTION medserve_state_report(_state text, _readiness text, _more jsonb DEFAULT NULL) RETURNS json LANGUAGE sql IMMUTABLE AS $$
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

/** What subscriptions go by. */
const FACTS = `
CREATE TYPE medserve_work AS (tenant text, uid text, uuid uuid, study_uid text, label text, priority text, readiness text,
  scheduled_at timestamptz, begun_at timestamptz);
CREATE FUNCTION medserve_is_wanted(_one workitem_subscription, _work medserve_work) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT (_one).is_wanted AND (coalesce((_one).workitem = (_work).uid, false) OR coalesce((_one).uuid = (_work).uuid, false)
    OR ((_one).workitem IN ('all', 'matching') AND ((_one).suspended_at IS NULL OR (_work).begun_at < (_one).suspended_at)
      AND ((_one).labels IS NULL OR (_work).label LIKE ANY ((_one).labels))
      AND ((_one).priorities IS NULL OR (_work).priority = ANY ((_one).priorities))
      AND ((_one).readiness IS NULL OR (_work).readiness = ANY ((_one).readiness))
      AND ((_one).scheduled_from IS NULL OR (_work).scheduled_at >= (_one).scheduled_from)
      AND ((_one).scheduled_to IS NULL OR (_work).scheduled_at <= (_one).scheduled_to)
      AND NOT EXISTS (SELECT 1 FROM workitem_subscription AS other WHERE other.tenant = (_one).tenant AND other.aet = (_one).aet
        AND NOT other.is_wanted AND (other.workitem = (_work).uid OR other.uuid = (_work).uuid))))
$$;
`;

const SHARED = (tenant: string): string =>
  `PERFORM pg_advisory_xact_lock_shared(${String(WORKLIST_OF_TENANT)}, hashtext(${tenant}));`;

/**
 * Puts down what those are to be told who have subscribed. Runs with the rights of who calls it. A text that is longer than 64 KiB is left
 * out, since every subscriber has a report of its own.
 */
const REPORT = `
CREATE FUNCTION medserve_report_workitem(_work medserve_work, _event integer, _says json) RETURNS void LANGUAGE sql AS $$
  INSERT INTO workitem_report (tenant, aet, uid, uuid, study_uid, event, says)
  SELECT (_work).tenant, (one).aet, (_work).uid, (_work).uuid, (_work).study_uid, _event,
    CASE WHEN length(_says::text) <= 65536 THEN _says
      ELSE (SELECT coalesce(json_object_agg(key, value), '{}') FROM json_each(_says) WHERE key IN ('00741000', '00404041')) END
  FROM (
    SELECT kept AS one FROM workitem_subscription AS kept WHERE kept.tenant = (_work).tenant AND kept.workitem IN ((_work).uid, 'all', 'matching')
    UNION ALL
    SELECT kept FROM workitem_subscription AS kept WHERE kept.tenant = (_work).tenant AND kept.uuid = (_work).uuid
  ) AS candidates
  WHERE medserve_is_wanted(one, _work) GROUP BY (one).aet
$$;
CREATE FUNCTION medserve_has_subscribers(_tenant text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  ${SHARED('_tenant')}
  RETURN EXISTS (SELECT 1 FROM workitem_subscription WHERE tenant = _tenant);
END $$;
`;

const PROGRESS = `#> '{00741002,Value,0}'`;
/** What a request to cancel, and a cancellation, leave in the progress of a workitem: told by their own reports. */
const CANCELLING = `'{00741238,0074100E,0074100A,0074100C,00404052}'::text[]`;
const PERFORMERS = `'{00404009,00404036}'::text[]`;
const told = (row: string): string =>
  `jsonb_build_object('00741002', ${row}.data_set -> '00741002', '00404025', ${row}.data_set -> '00404025', '00404034', ${row}.data_set -> '00404034')`;
const workOf = (row: string): string =>
  `ROW(${row}.tenant, ${row}.uid, NULL, NULL, ${row}.label, ${row}.priority, ${row}.readiness, ${row}.scheduled_at, ${row}.created_at)::medserve_work`;

/**
 * Of workitems that were created. One that ends without ever having been claimed is told as if it had been in progress in between, since
 * there is no other way from one state to the other (PS3.4 figure CC.1.1-1). Of a data set that this server cannot take apart (a text with
 * a NUL) only the state is told: what goes on with a workitem does not wait for that.
 */
const OF_WORKITEMS = `
CREATE FUNCTION medserve_workitem_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_new CONSTANT boolean := TG_OP = 'INSERT';
  work medserve_work;
  after jsonb := '{}';
  before jsonb := '{}';
BEGIN
  IF NOT medserve_has_subscribers(NEW.tenant) THEN RETURN NULL; END IF;
  work := ${workOf('NEW')};
  BEGIN
    after := ${told('NEW')};
    IF NOT is_new THEN before := ${told('OLD')}; END IF;
  EXCEPTION WHEN data_exception THEN
    after := '{}';
    before := '{}';
  END;
  IF NOT is_new AND OLD.state = 'SCHEDULED' AND NEW.ended_at IS NOT NULL THEN
    PERFORM medserve_report_workitem(work, 1, medserve_state_report('IN PROGRESS', NEW.readiness));
  END IF;
  IF is_new OR (OLD.state, OLD.readiness) IS DISTINCT FROM (NEW.state, NEW.readiness) THEN
    PERFORM medserve_report_workitem(work, 1, medserve_state_report(NEW.state, NEW.readiness,
      CASE WHEN NEW.state = 'CANCELED' THEN medserve_elements(after ${PROGRESS}, '{00741238,0074100E}') || medserve_long_text('00741238', NEW.says) END));
  END IF;
  IF NOT is_new AND (after ${PROGRESS}) - ${CANCELLING} IS DISTINCT FROM (before ${PROGRESS}) - ${CANCELLING} AND NEW.ended_at IS NULL THEN
    PERFORM medserve_report_workitem(work, 3, medserve_elements(after, '{00741002}')::json);
  END IF;
  IF (nullif(after #> '{00404025,Value}', '[]'), nullif(after #> '{00404034,Value}', '[]'))
    IS DISTINCT FROM (nullif(before #> '{00404025,Value}', '[]'), nullif(before #> '{00404034,Value}', '[]')) THEN
    PERFORM medserve_report_workitem(work, 5,
      (medserve_elements(jsonb_strip_nulls(after), '{00404025}') || medserve_elements(after #> '{00404034,Value,0}', ${PERFORMERS}))::json);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tells_subscribers AFTER INSERT ON workitem FOR EACH ROW EXECUTE FUNCTION medserve_workitem_reports();
CREATE TRIGGER tells_subscribers_of_changes AFTER UPDATE OF state, readiness, data_set ON workitem FOR EACH ROW
  WHEN (NEW.removed_at IS NULL) EXECUTE FUNCTION medserve_workitem_reports();
`;

const READINESS = (row: string): string => `CASE ${row}.state WHEN 'receiving' THEN 'INCOMPLETE' ELSE 'READY' END`;
/** Of whatever route, also one that took the study once and does not any more: the last 48 bits are the route's. */
const OF_ROOT = (row: string): string =>
  `uuid BETWEEN ${row}.workitem_root AND (left(replace(${row}.workitem_root::text, '-', ''), 20) || 'ffffffffffff')::uuid`;
const LABELS = (row: string): string => `${row}.candidates || ${row}.routes || ${row}.ordered`;

/**
 * Of the work of routes, which is read off the studies (workitem_face): what stands there now and did not before, or otherwise, and what
 * does not stand there any more. Work that is taken up again is another: nobody has subscribed to it by its UID, and nothing more comes of
 * the one before.
 */
const OF_ROUTES = `
CREATE FUNCTION medserve_work_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_same boolean := false;
  found record;
  work medserve_work;
BEGIN
  IF NOT medserve_has_subscribers(NEW.tenant) THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' THEN
    is_same := OLD.workitem_root = NEW.workitem_root;
    IF NOT is_same THEN
      DELETE FROM workitem_subscription WHERE tenant = OLD.tenant
        AND ${OF_ROOT('OLD')};
    END IF;
  END IF;
  FOR found IN
    SELECT labels.label, now_at.*, was_at.state AS was
    FROM (
        SELECT label, true AS is_there FROM unnest(${LABELS('NEW')}) AS label
        UNION SELECT label, false FROM unnest(${LABELS('OLD')}) AS label WHERE is_same AND NOT label = ANY (${LABELS('NEW')})
      ) AS labels
      CROSS JOIN LATERAL (SELECT CASE WHEN is_there THEN medserve_state_of_work(NEW.state, NEW.routes, label) ELSE 'CANCELED' END AS state,
        ${READINESS('NEW')} AS readiness,
        coalesce(NEW.says, CASE WHEN NOT label = ANY (NEW.routes) THEN medserve_why_not_taken(NEW.verdicts, label) END) AS says) AS now_at
      LEFT JOIN LATERAL (SELECT medserve_state_of_work(OLD.state, OLD.routes, label) AS state, ${READINESS('OLD')} AS readiness
        WHERE is_same AND label = ANY (${LABELS('OLD')})) AS was_at ON true
    WHERE (now_at.state, now_at.readiness) IS DISTINCT FROM (was_at.state, was_at.readiness)
  LOOP
    work := ROW(NEW.tenant, NULL, medserve_workitem(NEW.workitem_root, found.label), NEW.study_uid, found.label,
      CASE NEW.class WHEN 'stat' THEN 'HIGH' WHEN 'urgent' THEN 'HIGH' WHEN 'research' THEN 'LOW' ELSE 'MEDIUM' END, found.readiness,
      NEW.first_at, NEW.first_at)::medserve_work;
    IF found.was = 'SCHEDULED' AND found.state IN ('COMPLETED', 'CANCELED') THEN
      PERFORM medserve_report_workitem(work, 1, medserve_state_report('IN PROGRESS', found.readiness));
    END IF;
    PERFORM medserve_report_workitem(work, 1, medserve_state_report(found.state, found.readiness,
      CASE WHEN found.state = 'CANCELED' THEN medserve_long_text('00741238', found.says) END));
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
  ${SHARED('OLD.tenant')}
  DELETE FROM workitem_report WHERE tenant = OLD.tenant AND uid = OLD.uid;
  DELETE FROM workitem_subscription WHERE tenant = OLD.tenant AND workitem = OLD.uid;
  RETURN NULL;
END $$;
CREATE TRIGGER forgets_reports AFTER DELETE ON workitem FOR EACH ROW EXECUTE FUNCTION medserve_forget_reports();
CREATE TRIGGER forgets_reports_of_removed AFTER UPDATE OF removed_at ON workitem FOR EACH ROW
  WHEN (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL) EXECUTE FUNCTION medserve_forget_reports();

CREATE FUNCTION medserve_forget_work_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ${SHARED('OLD.tenant')}
  DELETE FROM workitem_report WHERE tenant = OLD.tenant AND study_uid = OLD.study_uid;
  DELETE FROM workitem_subscription WHERE tenant = OLD.tenant AND ${OF_ROOT('OLD')};
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

CREATE FUNCTION medserve_purge_reports(_most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH stale AS (
    DELETE FROM workitem_report WHERE position = ANY (ARRAY(
      SELECT position FROM workitem_report WHERE at < clock_timestamp() - interval '7 days' ORDER BY at LIMIT _most)) RETURNING 1
  ) SELECT count(*)::int FROM stale
$$;
REVOKE ALL ON FUNCTION medserve_purge_reports FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_purge_reports TO medserve_gateway;
`;

/** @param more conditions on \`item\`, the workitem that would be purged */
const purge = (more: string): string => `
CREATE OR REPLACE FUNCTION medserve_purge_workitems(_before timestamptz, _most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH purged AS (
    UPDATE workitem AS item SET label = '', data_set = '{}', patient_id = NULL, patient_name = NULL, accession = NULL, study_uids = '{}',
      inputs = '{}', study_uid = NULL, generation = NULL, transaction_uid = NULL, says = NULL, removed_at = now()
    FROM (SELECT tenant, uid FROM workitem AS item WHERE ended_at < _before AND removed_at IS NULL${more} ORDER BY ended_at LIMIT _most
      FOR UPDATE SKIP LOCKED) AS old
    WHERE item.tenant = old.tenant AND item.uid = old.uid RETURNING 1
  ) SELECT count(*)::int FROM purged
$$;
`;

/** A deletion lock keeps a workitem for three times as long. */
const LOCKED = ` AND NOT (ended_at > _before - interval '60 days' AND EXISTS (SELECT 1 FROM workitem_subscription AS one
      WHERE one.tenant = item.tenant AND one.workitem IN (item.uid, 'all', 'matching') AND one.is_locked
        AND medserve_is_wanted(one, ${workOf('item')})))`;

export class WorkitemSubscriptions1767700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const rights = [
      ownRowsOnly('workitem_subscription', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, DELETE'),
      ownRowsOnly('workitem_report', 'SELECT, INSERT, DELETE', 'SELECT, DELETE'),
    ].join('');
    // In the order in which engines lock them.
    await runner.query('LOCK TABLE study_generation, workitem IN SHARE ROW EXCLUSIVE MODE');
    await runner.query(SUBSCRIPTIONS + REPORTS + rights + WORDS + FACTS + REPORT);
    await runner.query(OF_WORKITEMS + OF_ROUTES + FORGETTING + WAITING + purge(LOCKED));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(purge(''));
    await runner.query(`
      DROP TRIGGER tells_subscribers ON workitem;
      DROP TRIGGER tells_subscribers_of_changes ON workitem;
      DROP TRIGGER forgets_reports ON workitem;
      DROP TRIGGER forgets_reports_of_removed ON workitem;
      DROP TRIGGER tells_subscribers ON study_generation;
      DROP TRIGGER tells_subscribers_of_changes ON study_generation;
      DROP TRIGGER forgets_reports ON study_generation;
      DROP FUNCTION medserve_reports_waiting, medserve_purge_reports, medserve_forget_reports, medserve_forget_work_reports,
        medserve_work_reports, medserve_workitem_reports, medserve_has_subscribers, medserve_report_workitem, medserve_is_wanted,
        medserve_long_text, medserve_elements, medserve_state_report;
      DROP TYPE medserve_work;
      DROP TABLE workitem_report, workitem_subscription;
    `);
  }
}
