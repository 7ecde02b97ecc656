import type { MigrationInterface, QueryRunner } from 'typeorm';
import { LEDGER_RIGHTS } from './ledger/rights';
import { PARTITIONS } from './ledger/partitions';
import { RETENTION } from './ledger/retention';

/** The one log there was becomes the log of the tenant `home`: same origin, entries, tiles, checkpoints. */
const A_LOG_PER_TENANT = `
ALTER TABLE ledger_state ADD COLUMN tenant text NOT NULL DEFAULT 'home' CHECK (tenant ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  ADD COLUMN mixed_until bigint NOT NULL DEFAULT 0, ADD COLUMN held_since timestamptz;
UPDATE ledger_state SET mixed_until = size;
ALTER TABLE ledger_state DROP COLUMN only_row, ALTER COLUMN tenant DROP DEFAULT,
  ADD PRIMARY KEY (tenant), ADD UNIQUE (origin);
COMMENT ON COLUMN ledger_state.mixed_until IS 'entries before this one may be of any tenant: they are older than logs of tenants';
COMMENT ON COLUMN ledger_state.held_since IS 'not extended since then: somebody outside knew more of the log, or another';

ALTER TABLE ledger_tile ADD COLUMN tenant text NOT NULL DEFAULT 'home';
ALTER TABLE ledger_tile ALTER COLUMN tenant DROP DEFAULT, DROP CONSTRAINT ledger_tile_pkey,
  ADD PRIMARY KEY (tenant, level, index);

ALTER TABLE ledger_checkpoint ADD COLUMN tenant text NOT NULL DEFAULT 'home';
ALTER TABLE ledger_checkpoint ALTER COLUMN tenant DROP DEFAULT, DROP CONSTRAINT ledger_checkpoint_pkey,
  ADD PRIMARY KEY (tenant, size);

CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.tenant <> OLD.tenant OR NEW.level <> OLD.level OR NEW.index <> OLD.index
     OR substring(NEW.bytes FROM 1 FOR length(OLD.bytes)) <> OLD.bytes THEN
    RAISE EXCEPTION 'the audit ledger only grows: a tile is not rewritten';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size < OLD.size OR NEW.origin <> OLD.origin OR NEW.tenant <> OLD.tenant OR NEW.mixed_until <> OLD.mixed_until THEN
    RAISE EXCEPTION 'the audit ledger only grows';
  END IF;
  IF OLD.held_since IS NOT NULL AND NEW.held_since IS NULL AND current_user = 'medserve_recorder' THEN
    RAISE EXCEPTION 'a held log is for an operator to release, not a service';
  END IF;
  RETURN NEW;
END $$;
`;

/** Some entries are believed: a log takes those only of who may say them. Nobody can claim to be another; what waits is the owner's. */
const TELLER = `
ALTER TABLE outbox ADD COLUMN teller name NOT NULL DEFAULT current_user;
`;

const WITNESSES = `
CREATE TABLE ledger_cosignature (
  tenant text NOT NULL,
  size bigint NOT NULL,
  witness text NOT NULL,
  line text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, size, witness),
  FOREIGN KEY (tenant, size) REFERENCES ledger_checkpoint (tenant, size)
);
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_cosignature FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_empties BEFORE TRUNCATE ON ledger_cosignature FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

/** What claims to be an event and is none is kept here for somebody to look at; an entry \`event_parked\` tells of it. */
const PARKED = `
CREATE TABLE parked_event (
  event uuid PRIMARY KEY,
  tenant text NOT NULL,
  request uuid,
  payload bytea NOT NULL,
  told uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
`;

export class LedgerPerTenant1765100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(A_LOG_PER_TENANT + TELLER + PARTITIONS + WITNESSES + PARKED + RETENTION + LEDGER_RIGHTS);
  }

  /** Back to one log, which is possible while no other tenant has one and nothing was deleted. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM ledger_state WHERE tenant <> 'home') OR EXISTS (SELECT FROM ledger_deletion) THEN
          RAISE EXCEPTION 'the logs of tenants do not fit into one log';
        END IF;
      END $$;
      DROP FUNCTION ledger_delete_month, ledger_month, ledger_first_event;
      DROP TABLE ledger_cosignature, parked_event, legal_hold, ledger_policy, ledger_deletion, ledger_seal;
      CREATE TABLE ledger_one_log AS SELECT index, event, request, leaf FROM ledger_entry;
      DROP TABLE ledger_entry;
      DROP FUNCTION ledger_make_partition;
      ALTER TABLE ledger_one_log RENAME TO ledger_entry;
      ALTER TABLE ledger_entry ADD PRIMARY KEY (index), ALTER COLUMN event SET NOT NULL, ALTER COLUMN leaf SET NOT NULL,
        ADD UNIQUE (event), ADD CHECK (length(leaf) <= 65535);
      CREATE INDEX ledger_entry_request ON ledger_entry (request);
      CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER never_empties BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.level <> OLD.level OR NEW.index <> OLD.index
           OR substring(NEW.bytes FROM 1 FOR length(OLD.bytes)) <> OLD.bytes THEN
          RAISE EXCEPTION 'the audit ledger only grows: a tile is not rewritten';
        END IF;
        RETURN NEW;
      END $$;
      CREATE OR REPLACE FUNCTION refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.size < OLD.size OR NEW.origin <> OLD.origin THEN RAISE EXCEPTION 'the audit ledger only grows'; END IF;
        RETURN NEW;
      END $$;
      DO $$ DECLARE policy record; BEGIN
        FOR policy IN SELECT * FROM pg_policies WHERE tablename LIKE 'ledger\\_%' LOOP
          EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
        END LOOP;
      END $$;
      ALTER TABLE ledger_state NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY, DROP COLUMN mixed_until, DROP COLUMN held_since,
        DROP COLUMN tenant,
        ADD COLUMN only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row);
      ALTER TABLE ledger_tile NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY, DROP COLUMN tenant, ADD PRIMARY KEY (level, index);
      ALTER TABLE ledger_checkpoint NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY, DROP COLUMN tenant, ADD PRIMARY KEY (size);
      ALTER TABLE outbox DROP COLUMN teller;
      GRANT SELECT ON ledger_entry TO medserve_gateway, medserve_auditor, medserve_recorder;
      GRANT INSERT ON ledger_entry TO medserve_recorder;
    `);
  }
}
