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

const IS_ID = `~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'`;

/** A key of the time when any word was a tenant may name one that can have no log: nothing it does could be recorded, so it ends. */
const TENANTS = `
CREATE TABLE tenant (
  id text PRIMARY KEY CHECK (id ${IS_ID}),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  suspended_at timestamptz
);
CREATE TABLE site (
  tenant text NOT NULL REFERENCES tenant (id),
  id text NOT NULL CHECK (id ${IS_ID}),
  name text NOT NULL,
  PRIMARY KEY (tenant, id)
);
INSERT INTO tenant (id, name) SELECT 'home', 'this home';
INSERT INTO tenant (id, name) SELECT DISTINCT tenant, tenant FROM api_key WHERE tenant ${IS_ID} ON CONFLICT DO NOTHING;
UPDATE api_key SET revoked_at = now() WHERE revoked_at IS NULL AND NOT tenant ${IS_ID};
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
    await runner.query(ROLES + TENANTS + ACTIVITIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ledger_entry ALTER COLUMN request SET NOT NULL;
      DELETE FROM outbox WHERE request IS NULL;
      ALTER TABLE outbox DROP COLUMN tenant, ALTER COLUMN request SET NOT NULL;
      ALTER TABLE api_key DROP COLUMN site, DROP COLUMN department, DROP COLUMN role;
      DROP TABLE site, tenant;
    `);
  }
}
