import { PARTITION_LOCK } from '../../locks';

/**
 * Entries by month. The month is that of the event's id: a UUIDv7 begins with 48 bits of milliseconds, so a month is a range of
 * ids, and an id stays unique over all of them. Partitions are attached, not made in place: attaching waits for no reader and
 * no writer.
 */
export const PARTITIONS = `
CREATE FUNCTION ledger_first_event(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN rpad(lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0'), 32, '0')::uuid;

CREATE FUNCTION ledger_month(event uuid) RETURNS timestamp LANGUAGE sql IMMUTABLE
RETURN date_trunc('month',
  to_timestamp((('x' || left(replace(event::text, '-', ''), 12))::bit(48)::bigint / 1000)::float8) AT TIME ZONE 'UTC');

ALTER TABLE ledger_entry RENAME TO ledger_entry_before;
ALTER TABLE ledger_entry_before ADD COLUMN tenant text NOT NULL DEFAULT 'home';
ALTER TABLE ledger_entry_before ALTER COLUMN tenant DROP DEFAULT, DROP CONSTRAINT ledger_entry_pkey;
ALTER INDEX ledger_entry_request RENAME TO ledger_entry_before_request;
DROP TRIGGER only_grows ON ledger_entry_before;

CREATE TABLE ledger_entry (
  tenant text NOT NULL,
  index bigint NOT NULL,
  event uuid NOT NULL,
  request uuid,
  leaf bytea NOT NULL CONSTRAINT ledger_entry_leaf_check CHECK (length(leaf) <= 65535),
  UNIQUE (event)
) PARTITION BY RANGE (event);
CREATE INDEX ledger_entry_request ON ledger_entry (request);
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_empties BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION ledger_make_partition(event uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  month timestamp := ledger_month(event);
  name text := 'ledger_entry_' || to_char(month, 'YYYY_MM');
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN name; END IF;
  PERFORM pg_advisory_xact_lock(${PARTITION_LOCK.join(', ')});
  IF to_regclass(name) IS NOT NULL THEN RETURN name; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE ledger_entry INCLUDING CONSTRAINTS)', name);
  EXECUTE format('CREATE UNIQUE INDEX ON %I (tenant, index)', name);
  EXECUTE format('CREATE TRIGGER never_empties BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE ledger_entry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
    ledger_first_event(month AT TIME ZONE 'UTC'), ledger_first_event((month + interval '1 month') AT TIME ZONE 'UTC'));
  RETURN name;
EXCEPTION
  WHEN duplicate_table THEN RETURN name;
  WHEN invalid_object_definition THEN
    -- The first partition of a home that was migrated spans many months.
    IF to_regclass('ledger_entry_before') IS NULL THEN RAISE; END IF;
    RETURN 'ledger_entry_before';
END $$;

DO $$
DECLARE
  newest uuid := (SELECT event FROM ledger_entry_before ORDER BY event DESC LIMIT 1);
  border timestamp;
BEGIN
  IF newest IS NULL THEN
    DROP TABLE ledger_entry_before;
  ELSE
    border := greatest(ledger_month(newest), date_trunc('month', now() AT TIME ZONE 'UTC')) + interval '1 month';
    CREATE UNIQUE INDEX ON ledger_entry_before (tenant, index);
    ALTER TABLE ledger_entry_before ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    EXECUTE format('ALTER TABLE ledger_entry ATTACH PARTITION ledger_entry_before FOR VALUES FROM (MINVALUE) TO (%L)',
      ledger_first_event(border AT TIME ZONE 'UTC'));
    PERFORM ledger_make_partition(ledger_first_event(border AT TIME ZONE 'UTC'));
  END IF;
END $$;
`;
