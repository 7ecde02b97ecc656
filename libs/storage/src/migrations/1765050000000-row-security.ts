import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forceRowSecurity, OWN_ROW, ownRowsOnly } from './own-rows';
import { DROP_RECORD_FUNCTIONS, RECORD_FUNCTIONS } from './record-functions';

/**
 * The tenants that the transaction is for, as PostgreSQL writes an array of texts: no name, however it is spelt, can become two.
 * Nothing set is null, and so is what a transaction before left behind: an empty string.
 */
const TENANTS = `
CREATE FUNCTION medserve_tenants() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('medserve.tenant', true), '')::text[];
`;

/**
 * An owner who is no superuser works on every tenant's rows with the commands, as a recorder does, and is past row security as its
 * member. Who made the roles may take them; where somebody else did, that person grants them.
 */
const OWNER = `
DO $$
DECLARE mine text := current_user;
BEGIN
  IF NOT pg_has_role(mine, 'medserve_recorder', 'USAGE') THEN
    EXECUTE format('GRANT medserve_gateway, medserve_recorder, medserve_auditor TO %I', mine);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'row security needs a grant: have a superuser run "GRANT medserve_gateway, medserve_recorder, medserve_auditor TO %", and start again',
    quote_ident(mine) USING ERRCODE = 'insufficient_privilege';
END $$;
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO medserve_gateway, medserve_recorder, medserve_auditor', current_schema());
END $$;
`;

/**
 * A request is never deleted, and nothing moves it to another tenant or takes back that it was accepted. A recorder ends one that
 * nobody else will, so without an answer; answers are a gateway's to write.
 */
const REQUEST = `
${ownRowsOnly('request', 'SELECT, INSERT', 'SELECT')}
GRANT UPDATE (status, final_event, ended_at, idempotency_key_hash) ON request TO medserve_gateway, medserve_recorder;
GRANT UPDATE (result, content_type) ON request TO medserve_gateway;
`;

/** A gateway adds to the outbox and never reads it: it may see how many of a tenant's rows wait, not what they say. */
const OUTBOX = `
${forceRowSecurity('outbox')}
CREATE POLICY own_rows ON outbox FOR INSERT TO medserve_gateway WITH CHECK (${OWN_ROW});
CREATE POLICY own_places ON outbox FOR SELECT TO medserve_gateway USING (${OWN_ROW});
GRANT INSERT (event, tenant, request, payload), SELECT (position, tenant) ON outbox TO medserve_gateway;
GRANT SELECT, UPDATE (state, sent_at), DELETE, INSERT (event, tenant, request, payload) ON outbox TO medserve_recorder;
`;

/** A key says whose it is, so it is found before that is known: the one row whose prefix the transaction names. */
const KEYS = `
${ownRowsOnly('api_key', 'SELECT, INSERT', 'SELECT (id, tenant)')}
GRANT UPDATE (revoked_at) ON api_key TO medserve_gateway;
CREATE POLICY named_row ON api_key FOR SELECT TO medserve_gateway
  USING (prefix = (SELECT nullif(current_setting('medserve.key_prefix', true), '')));
CREATE FUNCTION medserve_key(_prefix text) RETURNS SETOF api_key LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.key_prefix', _prefix, true);
  RETURN QUERY SELECT * FROM api_key WHERE prefix = _prefix;
END $$;
`;

/** A tenant's own row is named by \`id\`. A gateway reads; who is a tenant is the operator's to say. */
const OWNERS = `
${forceRowSecurity('tenant')}
CREATE POLICY own_rows ON tenant FOR SELECT TO medserve_gateway
  USING (array_position((SELECT medserve_tenants()), id) IS NOT NULL);
GRANT SELECT ON tenant TO medserve_gateway, medserve_recorder;
${ownRowsOnly('site', 'SELECT', 'SELECT')}
`;

const LEDGER = `
GRANT SELECT ON ledger_state, ledger_entry, ledger_tile, ledger_checkpoint TO medserve_gateway, medserve_auditor;
GRANT SELECT, INSERT ON ledger_state, ledger_entry, ledger_tile, ledger_checkpoint TO medserve_recorder;
GRANT UPDATE (size, root) ON ledger_state TO medserve_recorder;
GRANT UPDATE (bytes) ON ledger_tile TO medserve_recorder;
`;

export class RowSecurity1765050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TENANTS + OWNER + REQUEST + OUTBOX + KEYS + OWNERS + LEDGER + RECORD_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${DROP_RECORD_FUNCTIONS}
      DROP FUNCTION medserve_key;
      DO $$ DECLARE policy record; shut text; BEGIN
        FOR policy IN SELECT * FROM pg_policies WHERE tablename IN ('request', 'outbox', 'api_key', 'tenant', 'site') LOOP
          EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
        END LOOP;
        FOREACH shut IN ARRAY ARRAY['request', 'outbox', 'api_key', 'tenant', 'site'] LOOP
          EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', shut);
          EXECUTE format('REVOKE ALL ON %I FROM medserve_gateway, medserve_recorder, medserve_auditor', shut);
        END LOOP;
      END $$;
      REVOKE ALL ON ledger_state, ledger_entry, ledger_tile, ledger_checkpoint
        FROM medserve_gateway, medserve_recorder, medserve_auditor;
      DROP FUNCTION medserve_tenants;
    `);
  }
}
