import type { MigrationInterface, QueryRunner } from 'typeorm';

const REQUESTS = `
CREATE TABLE request (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  actor text NOT NULL,
  status text NOT NULL CHECK (status IN ('accepted', 'completed', 'failed', 'cancelled', 'abandoned')),
  idempotency_key_hash bytea,
  fingerprint bytea NOT NULL,
  owner bigint NOT NULL,
  lease_until timestamptz NOT NULL,
  accepted_event uuid NOT NULL,
  final_event uuid,
  result bytea,
  content_type text,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  UNIQUE (tenant, idempotency_key_hash),
  CHECK ((status = 'accepted') = (final_event IS NULL))
);
CREATE INDEX request_open ON request (owner) WHERE status = 'accepted';

CREATE TABLE outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event uuid NOT NULL UNIQUE,
  request uuid NOT NULL,
  payload bytea NOT NULL,
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'sent')),
  sent_at timestamptz
);
CREATE INDEX outbox_new ON outbox (position) WHERE state = 'new';
`;

const KEYS = `
CREATE TABLE api_key (
  id uuid PRIMARY KEY,
  prefix text NOT NULL UNIQUE,
  hash bytea NOT NULL,
  scopes text[] NOT NULL,
  tenant text NOT NULL,
  label text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
`;

const LEDGER = `
CREATE TABLE ledger_state (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  origin text NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL
);
INSERT INTO ledger_state (origin, size, root)
  VALUES ('medserve/' || left(replace(gen_random_uuid()::text, '-', ''), 12), 0, sha256(''));

CREATE TABLE ledger_entry (
  index bigint PRIMARY KEY,
  event uuid NOT NULL UNIQUE,
  request uuid NOT NULL,
  leaf bytea NOT NULL CHECK (length(leaf) <= 65535)
);
CREATE INDEX ledger_entry_request ON ledger_entry (request);

CREATE TABLE ledger_tile (
  level smallint NOT NULL,
  index bigint NOT NULL,
  bytes bytea NOT NULL CHECK (length(bytes) BETWEEN 32 AND 8192 AND length(bytes) % 32 = 0),
  PRIMARY KEY (level, index)
);
ALTER TABLE ledger_tile ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE ledger_checkpoint (
  size bigint PRIMARY KEY,
  root bytea NOT NULL,
  note text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
`;

/** History only grows. A superuser can switch these off, which the tree of hashes then shows. */
const APPEND_ONLY = `
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit ledger only grows: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.level <> OLD.level OR NEW.index <> OLD.index
     OR substring(NEW.bytes FROM 1 FOR length(OLD.bytes)) <> OLD.bytes THEN
    RAISE EXCEPTION 'the audit ledger only grows: a tile is not rewritten';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size < OLD.size OR NEW.origin <> OLD.origin THEN
    RAISE EXCEPTION 'the audit ledger only grows';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_empties BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_empties BEFORE TRUNCATE ON ledger_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_goes BEFORE DELETE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_empties BEFORE TRUNCATE ON ledger_tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE ON ledger_state FOR EACH ROW EXECUTE FUNCTION refuse_shrinking();
CREATE TRIGGER never_goes BEFORE DELETE ON ledger_state FOR EACH ROW EXECUTE FUNCTION refuse_change();
`;

export class First1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REQUESTS + KEYS + LEDGER + APPEND_ONLY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE request, outbox, api_key, ledger_state, ledger_entry, ledger_tile, ledger_checkpoint;
      DROP FUNCTION refuse_change, refuse_rewriting, refuse_shrinking;
    `);
  }
}
