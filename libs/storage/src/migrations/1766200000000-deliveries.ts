import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownRowsOnly } from './own-rows';

/**
 * Result sets on their way to destinations. `answered` are the attempts that the receiver said no to, `arrived` are the SOP Instance UIDs of our own objects that need not be sent again, `lease` who
 * sends it now. `since` is when it was first to be sent, or was requeued: how long it is tried counts from there.
 */
const DELIVERIES = `
CREATE TABLE delivery (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  study_uid text NOT NULL CHECK (study_uid ~ '^[0-9.]{1,64}$'),
  generation integer NOT NULL CHECK (generation > 0),
  destination text NOT NULL CHECK (destination ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'delivered', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  answered integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  since timestamptz NOT NULL DEFAULT now(),
  next_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  last_error text CHECK (last_error ~ '^[a-z_]{1,40}$'),
  last_status text CHECK (last_status ~ '^[A-Za-z0-9]{1,8}$'),
  arrived text[] NOT NULL DEFAULT '{}',
  lease uuid,
  lease_until timestamptz,
  UNIQUE (tenant, study_uid, generation, destination),
  CHECK ((state = 'sending') = (lease IS NOT NULL AND lease_until IS NOT NULL)),
  CHECK ((state IN ('delivered', 'dead')) = (settled_at IS NOT NULL))
);
CREATE INDEX delivery_due ON delivery (tenant, destination, next_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX delivery_open ON delivery (tenant, destination, since) WHERE state <> 'delivered';
${ownRowsOnly('delivery', 'SELECT, INSERT, UPDATE', 'SELECT, DELETE')}
`;

/** What is on its way to destinations that nobody knows, of all tenants: a destination that was taken out of the settings has no sender. */
const STRANDED = `
CREATE FUNCTION medserve_stranded_deliveries(_tenants text[], _destinations text[], _after_ms float8, _most integer)
RETURNS TABLE (id uuid, tenant text, study_uid text, generation integer, destination text, attempts integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, tenant, study_uid, generation, destination, attempts FROM delivery AS one
  WHERE (state = 'waiting' OR (state = 'sending' AND lease_until < now()))
    AND since < now() - make_interval(secs => _after_ms / 1000) AND next_at < now() - make_interval(secs => _after_ms / 1000)
    AND NOT EXISTS (
      SELECT FROM unnest(_tenants, _destinations) AS known (tenant, destination)
      WHERE known.tenant = one.tenant AND known.destination = one.destination)
  ORDER BY since LIMIT _most
$$;
REVOKE ALL ON FUNCTION medserve_stranded_deliveries FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_stranded_deliveries TO medserve_gateway;
`;

export class Deliveries1766200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DELIVERIES + STRANDED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION medserve_stranded_deliveries; DROP TABLE delivery;');
  }
}
