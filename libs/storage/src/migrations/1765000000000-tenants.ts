import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Roles are the server's, not the database's: they may be there already, made by another database or by hand where nobody here
 * may make any.
 */
const ROLES = `
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['medserve_gateway', 'medserve_recorder', 'medserve_auditor'] LOOP
    CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = wanted);
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$;
`;

/** Tenants, separated by commas, that the transaction is for: set with `set_config('medserve.tenant', ..., true)`. */
const SEES = `
CREATE FUNCTION medserve_sees(tenant text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN tenant = ANY (string_to_array(current_setting('medserve.tenant', true), ','));
`;

const TENANTS = `
CREATE TABLE tenant (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  suspended_at timestamptz
);
CREATE TABLE site (
  tenant text NOT NULL REFERENCES tenant (id),
  id text NOT NULL CHECK (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name text NOT NULL,
  PRIMARY KEY (tenant, id)
);
INSERT INTO tenant (id, name) SELECT 'home', 'this home';
INSERT INTO tenant (id, name) SELECT DISTINCT tenant, tenant FROM api_key ON CONFLICT DO NOTHING;
ALTER TABLE api_key ADD COLUMN site text, ADD COLUMN department text, ADD COLUMN role text;
`;

/** What is told of beside requests travels by the same outbox into the same ledger. */
const ACTIVITIES = `
ALTER TABLE outbox ADD COLUMN tenant text;
UPDATE outbox SET tenant = request.tenant FROM request WHERE request.id = outbox.request;
ALTER TABLE outbox ALTER COLUMN tenant SET NOT NULL, ALTER COLUMN request DROP NOT NULL;
ALTER TABLE ledger_entry ALTER COLUMN request DROP NOT NULL;
`;

export class Tenants1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ROLES + SEES + TENANTS + ACTIVITIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ledger_entry ALTER COLUMN request SET NOT NULL;
      DELETE FROM outbox WHERE request IS NULL;
      ALTER TABLE outbox DROP COLUMN tenant, ALTER COLUMN request SET NOT NULL;
      ALTER TABLE api_key DROP COLUMN site, DROP COLUMN department, DROP COLUMN role;
      DROP TABLE site, tenant;
      DROP FUNCTION medserve_sees;
    `);
  }
}
