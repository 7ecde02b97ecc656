import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownRowsOnly } from './own-rows';

/** First number of the advisory locks with two numbers under which slots of one quota are given; `locks.ts` has the others. */
const SLOTS_LOCK = 0x6d656474;

/** `client`: an id, '' for the tenant as a whole, '*' for each client that has none of its own. */
const QUOTA = `
CREATE TABLE quota (
  tenant text NOT NULL REFERENCES tenant (id),
  client text NOT NULL CHECK (client ~ '^([*]|[A-Za-z0-9._:-]{0,128})$'),
  kind text NOT NULL CHECK (kind IN ('requests', 'cost', 'concurrency')),
  "limit" integer NOT NULL CHECK ("limit" BETWEEN 0 AND 100000000),
  window_s integer NOT NULL CHECK (window_s BETWEEN 0 AND 2678400),
  exempts_stat boolean NOT NULL DEFAULT false,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, client, kind),
  CHECK ((kind = 'concurrency') = (window_s = 0))
);
`;

/**
 * The first three columns are those that rate-limiter-flexible reads and writes. The tenant stands at the head of a key, so that
 * the rows of one tenant are shut to another here as everywhere.
 */
const COUNTERS = `
CREATE TABLE quota_counter (
  key text PRIMARY KEY CHECK (length(key) <= 255),
  points integer NOT NULL DEFAULT 0,
  expire bigint,
  tenant text NOT NULL GENERATED ALWAYS AS (split_part(key, '/', 1)) STORED
);
CREATE INDEX quota_counter_expire ON quota_counter (expire);

CREATE TABLE quota_slot (
  tenant text NOT NULL,
  client text NOT NULL,
  owner bigint NOT NULL,
  held integer NOT NULL CHECK (held > 0),
  -- When somebody first found its owner's lock free; NULL: it was held when it was looked at last.
  unlocked_since timestamptz,
  PRIMARY KEY (tenant, client, owner)
);
`;

/**
 * Sums of one gateway for one hour. Each gateway writes its own sums whole and again, so that a write whose answer was lost can be
 * repeated; who reads adds them up.
 */
const USAGE = `
CREATE TABLE usage_hour (
  tenant text NOT NULL,
  hour timestamptz NOT NULL,
  gateway bigint NOT NULL,
  model text NOT NULL,
  site text NOT NULL,
  department text NOT NULL,
  class text NOT NULL,
  completed bigint NOT NULL,
  failed bigint NOT NULL,
  cancelled bigint NOT NULL,
  refused bigint NOT NULL,
  cpu_seconds float8 NOT NULL,
  queue_seconds float8 NOT NULL,
  input_bytes bigint NOT NULL,
  cost_units bigint NOT NULL,
  PRIMARY KEY (tenant, hour, gateway, model, site, department, class)
);
`;

/**
 * The quotas of some tenants, in one round trip. As in the functions of records, the tenants that the transaction is for are named
 * first, and row security judges by them.
 */
const READ = `
CREATE FUNCTION medserve_quotas(_tenants text[]) RETURNS SETOF quota LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', _tenants::text, true);
  RETURN QUERY SELECT * FROM quota WHERE tenant = ANY (_tenants);
END $$;
`;

/** A gateway whose connection broke has its lock again within this time; one that died has not. */
const RECONNECT = "interval '5 seconds'";

/**
 * Puts down how many slots a gateway holds of a quota: what it wants, as far as others leave it. Those of a gateway whose lock stays
 * free for longer than a reconnection takes are nobody's any more. Gateways that ask for the same quota take turns. Nothing here waits for the
 * disk: what a crash of the server takes, each gateway puts down whole when it asks next.
 */
const HOLD = `
CREATE FUNCTION medserve_hold_slots(_tenant text, _client text, _owner bigint, _wanted integer, _most integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  given integer;
  moment timestamptz;
  locked bigint[];
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true), set_config('synchronous_commit', 'off', true);
  PERFORM pg_advisory_xact_lock(${String(SLOTS_LOCK)}, hashtext(_tenant || '/' || _client));
  moment := clock_timestamp();
  IF EXISTS (SELECT 1 FROM quota_slot WHERE tenant = _tenant AND client = _client AND owner <> _owner) THEN
    SELECT coalesce(array_agg((classid::bigint << 32) | objid::bigint), '{}') INTO locked FROM pg_locks
      WHERE locktype = 'advisory' AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    DELETE FROM quota_slot WHERE tenant = _tenant AND client = _client AND owner <> _owner
      AND owner <> ALL (locked) AND unlocked_since < moment - ${RECONNECT};
    UPDATE quota_slot SET unlocked_since = CASE WHEN owner = ANY (locked) THEN NULL ELSE moment END
      WHERE tenant = _tenant AND client = _client AND owner <> _owner AND (owner = ANY (locked)) = (unlocked_since IS NOT NULL);
  END IF;
  SELECT least(_wanted, greatest(_most - coalesce(sum(held), 0), 0)) INTO given
    FROM quota_slot WHERE tenant = _tenant AND client = _client AND owner <> _owner;
  IF given > 0 THEN
    INSERT INTO quota_slot (tenant, client, owner, held) VALUES (_tenant, _client, _owner, given)
    ON CONFLICT (tenant, client, owner) DO UPDATE SET held = excluded.held, unlocked_since = NULL;
  ELSE
    DELETE FROM quota_slot WHERE tenant = _tenant AND client = _client AND owner = _owner;
  END IF;
  RETURN given;
END $$;
`;

const WRITE_USAGE = `
CREATE FUNCTION medserve_write_usage(_gateway bigint, _tenants text[], _hours timestamptz[], _models text[], _sites text[],
  _departments text[], _classes text[], _completed bigint[], _failed bigint[], _cancelled bigint[], _refused bigint[],
  _cpu float8[], _queue float8[], _bytes bigint[], _units bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', _tenants::text, true);
  INSERT INTO usage_hour (gateway, tenant, hour, model, site, department, class, completed, failed, cancelled, refused,
    cpu_seconds, queue_seconds, input_bytes, cost_units)
  SELECT _gateway, * FROM unnest(_tenants, _hours, _models, _sites, _departments, _classes, _completed, _failed, _cancelled,
    _refused, _cpu, _queue, _bytes, _units)
  ON CONFLICT (tenant, hour, gateway, model, site, department, class) DO UPDATE SET completed = excluded.completed,
    failed = excluded.failed, cancelled = excluded.cancelled, refused = excluded.refused, cpu_seconds = excluded.cpu_seconds,
    queue_seconds = excluded.queue_seconds, input_bytes = excluded.input_bytes,
    cost_units = excluded.cost_units;
END $$;
`;

/**
 * How much is committed and not in the ledger yet, for who may not see what it says. Two figures that are at hand at once and never
 * too small come first: the distance of the first position from the last, and what the table takes on disk. Only the one
 * that is above half of its ceiling is counted row by row. It runs with the rights of its owner, who sees them all.
 */
const DEPTH = `
CREATE FUNCTION outbox_depth(most_events bigint, most_bytes bigint, OUT events bigint, OUT bytes bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT coalesce(max(position) - min(position) + 1, 0) INTO events FROM outbox;
  bytes := pg_total_relation_size('outbox');
  IF events > most_events / 2 THEN
    SELECT count(*) INTO events FROM outbox;
  END IF;
  IF bytes > most_bytes / 2 THEN
    SELECT coalesce(sum(octet_length(payload)), 0) INTO bytes FROM outbox;
  END IF;
END $$;
REVOKE ALL ON FUNCTION outbox_depth FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_depth TO medserve_gateway, medserve_recorder;
`;

/** Operators set quotas with the commands, as recorders' kin; a gateway reads them. */
const RIGHTS = [
  ownRowsOnly('quota', 'SELECT'),
  ownRowsOnly('quota_counter', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, DELETE'),
  ownRowsOnly('quota_slot', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, DELETE'),
  ownRowsOnly('usage_hour', 'SELECT, INSERT, UPDATE', 'SELECT'),
].join('');

export class Quotas1765300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(QUOTA + COUNTERS + USAGE + READ + HOLD + WRITE_USAGE + DEPTH + RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION medserve_quotas, medserve_hold_slots, medserve_write_usage, outbox_depth;
      DROP TABLE quota, quota_counter, quota_slot, usage_hour;
    `);
  }
}
