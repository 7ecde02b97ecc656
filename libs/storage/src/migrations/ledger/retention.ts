/**
 * What may be deleted, and when. Deleting is one narrow function that belongs to the owner of the tables: it looks for itself
 * whether the month is sealed whole, old enough for every tenant in it by the ids of its entries and by its seals, held by nobody, asked for and approved by two people,
 * and whether each log says already that it goes. It waits two seconds for those who read, not longer: behind it all appends wait.
 */
export const RETENTION = `
CREATE TABLE ledger_policy (
  tenant text PRIMARY KEY,
  keep_years smallint NOT NULL CHECK (keep_years BETWEEN 6 AND 100)
);
CREATE TABLE legal_hold (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  patient text CHECK (patient ~ '^[0-9a-f]{64}$'),
  reason text NOT NULL CHECK (reason ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$'),
  held_from timestamptz NOT NULL DEFAULT '-infinity',
  placed_by text NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT now(),
  released_by text,
  released_at timestamptz,
  CHECK ((released_by IS NULL) = (released_at IS NULL))
);
CREATE TABLE ledger_seal (
  tenant text NOT NULL,
  month text NOT NULL,
  event uuid NOT NULL PRIMARY KEY,
  ranges int8multirange NOT NULL,
  entries bigint NOT NULL,
  root bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE ledger_deletion (
  month text PRIMARY KEY,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  approved_by text CHECK (approved_by <> requested_by),
  approved_at timestamptz,
  deleted_at timestamptz
);
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_seal FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION ledger_delete_month(wanted text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  partition text := 'ledger_entry_' || replace(wanted, '-', '_');
  begins timestamptz;
  ends timestamptz;
  count bigint;
BEGIN
  IF wanted !~ '^[0-9]{4}-[0-9]{2}$' THEN RAISE EXCEPTION 'no month: %', wanted USING ERRCODE = 'MS001'; END IF;
  begins := (wanted || '-01')::timestamptz;
  ends := begins + interval '1 month';
  IF to_regclass(partition) IS NULL THEN RAISE EXCEPTION 'there are no entries of %', wanted USING ERRCODE = 'MS001'; END IF;
  -- Nothing is appended to it, and nothing placed on hold, while it is looked at.
  LOCK TABLE legal_hold, ledger_policy IN SHARE MODE;
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', partition);
  IF NOT EXISTS (SELECT FROM ledger_deletion WHERE month = wanted AND approved_by <> requested_by AND deleted_at IS NULL) THEN
    RAISE EXCEPTION 'two people have to want it' USING ERRCODE = 'MS002';
  END IF;
  IF EXISTS (SELECT FROM ledger_entry AS entry WHERE event >= ledger_first_event(begins) AND event < ledger_first_event(ends)
    AND NOT EXISTS (SELECT FROM ledger_seal AS seal WHERE seal.tenant = entry.tenant AND month = wanted AND ranges @> index)) THEN
    RAISE EXCEPTION 'the month is not sealed, or not whole' USING ERRCODE = 'MS003';
  END IF;
  IF EXISTS (SELECT FROM (SELECT DISTINCT tenant FROM ledger_seal WHERE month = wanted) AS log
    WHERE ends + make_interval(years => coalesce((SELECT keep_years FROM ledger_policy AS policy WHERE policy.tenant = log.tenant), 6)) > now()) THEN
    RAISE EXCEPTION 'the time to keep it is not over' USING ERRCODE = 'MS004';
  END IF;
  -- An id says what its maker's clock said. A seal is put on within 120 days of the month that it is of.
  IF EXISTS (SELECT FROM ledger_seal AS seal WHERE month = wanted
    AND at + make_interval(years => coalesce((SELECT keep_years FROM ledger_policy AS policy WHERE policy.tenant = seal.tenant), 6), days => -120) > now()) THEN
    RAISE EXCEPTION 'it is not sealed long enough' USING ERRCODE = 'MS004';
  END IF;
  IF EXISTS (SELECT FROM legal_hold AS hold WHERE released_at IS NULL AND held_from < ends AND EXISTS (
    SELECT FROM ledger_entry AS entry WHERE entry.tenant = hold.tenant
      AND event >= ledger_first_event(begins) AND event < ledger_first_event(ends)
      AND (hold.patient IS NULL OR position(convert_to('"patient":"' || hold.patient || '"', 'UTF8') IN leaf) > 0))) THEN
    RAISE EXCEPTION 'a legal hold is on it' USING ERRCODE = 'MS005';
  END IF;
  IF EXISTS (SELECT FROM ledger_seal AS seal WHERE month = wanted AND NOT EXISTS (
    SELECT FROM ledger_entry AS entry WHERE entry.tenant = seal.tenant AND entry.request IS NULL
      AND position(convert_to('"event":"retention_deleted"', 'UTF8') IN leaf) > 0
      AND position(convert_to('"seal":"' || seal.event || '"', 'UTF8') IN leaf) > 0)) THEN
    RAISE EXCEPTION 'the log does not say yet that it goes' USING ERRCODE = 'MS006';
  END IF;
  SELECT sum(entries) INTO count FROM ledger_seal WHERE month = wanted;
  EXECUTE format('DROP TABLE %I', partition);
  UPDATE ledger_deletion SET deleted_at = now() WHERE month = wanted;
  RETURN count;
END $$;
`;
