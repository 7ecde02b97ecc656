import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forceRowSecurity } from './own-rows';

/**
 * What the monitor knows of models, over all tenants and about no patient: no gateway has a right to it. `monitor_event` says which
 * events were counted, so that each is counted once however often it comes; what is forgotten of them counts as counted.
 */
const TABLES = `
CREATE TABLE monitor_cursor (
  log text PRIMARY KEY,
  next bigint NOT NULL
);
CREATE TABLE monitor_event (
  event uuid PRIMARY KEY,
  taken_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX monitor_event_taken ON monitor_event (taken_at);
CREATE TABLE monitor_forgotten (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  event uuid NOT NULL
);
CREATE TABLE monitor_turn (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  turn bigint NOT NULL
);
CREATE TABLE monitor_total (
  name text NOT NULL,
  labels jsonb NOT NULL,
  value float8 NOT NULL,
  PRIMARY KEY (name, labels)
);
CREATE TABLE monitor_series (
  model text NOT NULL,
  version text NOT NULL,
  site text NOT NULL,
  scanner text NOT NULL,
  signal text NOT NULL,
  state jsonb NOT NULL,
  verdict jsonb,
  PRIMARY KEY (model, version, site, scanner, signal)
);
CREATE TABLE monitor_relearn (
  model text NOT NULL,
  version text NOT NULL DEFAULT '',
  asked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (model, version)
);
`;

/** Whatever comes first, an answer or what somebody said of it, waits here for the other. */
const ANSWERS = `
CREATE TABLE monitor_answer (
  request uuid PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  model text,
  version text,
  site text,
  scanner text,
  score float8 CHECK (score BETWEEN 0 AND 1),
  verdict text CHECK (verdict IN ('attested', 'overridden')),
  is_right boolean,
  told uuid
);
CREATE INDEX monitor_answer_at ON monitor_answer (at);
CREATE INDEX monitor_answer_judged ON monitor_answer (model, version, site) WHERE is_right IS NOT NULL;
`;

const NAMES = ['cursor', 'event', 'forgotten', 'turn', 'total', 'series', 'relearn', 'answer'].map(
  (name) => `monitor_${name}`,
);

/**
 * The role of the monitor, which the owner, who asks what it found and has it learn anew, is a member of. Who may not make or grant it is told
 * what to ask for.
 */
const ROLE = `
DO $$
DECLARE mine text := current_user;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'medserve_monitor') THEN
    BEGIN
      CREATE ROLE medserve_monitor NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF NOT pg_has_role(mine, 'medserve_monitor', 'USAGE') THEN
    EXECUTE format('GRANT medserve_monitor TO %I', mine);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'the monitor needs a role: have a superuser run "CREATE ROLE medserve_monitor NOLOGIN" unless it is there, and "GRANT medserve_monitor TO %", and start again',
    quote_ident(mine) USING ERRCODE = 'insufficient_privilege';
END $$;
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO medserve_monitor', current_schema());
END $$;
`;

/** It reads the logs of all tenants, and writes nothing but what it knows of models: what misleads it cannot reach the ledger by it. */
const RIGHTS = [
  ...NAMES.map(
    (table) =>
      `${forceRowSecurity(table, 'medserve_monitor')} GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO medserve_monitor;`,
  ),
  ...['ledger_state', 'ledger_entry'].map(
    (table) => `
CREATE POLICY every_log ON ${table} FOR SELECT TO medserve_monitor USING (true);
GRANT SELECT ON ${table} TO medserve_monitor;`,
  ),
].join('\n');

export class Monitor1765900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ROLE + TABLES + ANSWERS + RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY every_log ON ledger_state;
      DROP POLICY every_log ON ledger_entry;
      REVOKE SELECT ON ledger_state, ledger_entry FROM medserve_monitor;
      DROP TABLE ${NAMES.join(', ')};
    `);
  }
}
