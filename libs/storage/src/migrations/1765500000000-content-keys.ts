import type { MigrationInterface, QueryRunner } from 'typeorm';
import { KEY_IS_DESTROYED } from '../destroyed-key';
import { ownRowsOnly } from './own-rows';

/**
 * A row stays when its key is destroyed, without the key: it says that there was content, and since when there is none. At most
 * one key of a subject lives; a subject of which there is content again gets a new one.
 */
const CONTENT_KEYS = `
CREATE TABLE content_key (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  subject text NOT NULL CHECK (subject ~ '^(patient:[0-9a-f]{64}|month:[0-9]{4}-[0-9]{2})$'),
  wrapped bytea CHECK (length(wrapped) BETWEEN 32 AND 1024),
  created_at timestamptz NOT NULL DEFAULT now(),
  destroyed_at timestamptz,
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX content_key_living ON content_key (tenant, subject) WHERE destroyed_at IS NULL;
CREATE FUNCTION refuse_revival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.destroyed_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.tenant <> OLD.tenant OR NEW.subject <> OLD.subject THEN
    RAISE EXCEPTION 'a content key is made, and destroyed, once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stays_destroyed BEFORE UPDATE ON content_key FOR EACH ROW EXECUTE FUNCTION refuse_revival();
`;

/**
 * In one round trip each, for a tenant's own keys. The living key of a subject, or the proposed one: another transaction that is
 * making one is waited for.
 */
const OBTAIN_AND_FIND = `
CREATE FUNCTION medserve_content_key(_tenant text, _subject text, _id uuid, _wrapped bytea)
RETURNS TABLE (id uuid, wrapped bytea) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  RETURN QUERY SELECT id, wrapped FROM content_key
    WHERE tenant = _tenant AND subject = _subject AND destroyed_at IS NULL;
  IF FOUND THEN RETURN; END IF;
  INSERT INTO content_key (id, tenant, subject, wrapped) VALUES (_id, _tenant, _subject, _wrapped)
    ON CONFLICT (tenant, subject) WHERE destroyed_at IS NULL DO NOTHING;
  RETURN QUERY SELECT id, wrapped FROM content_key
    WHERE tenant = _tenant AND subject = _subject AND destroyed_at IS NULL;
END $$;
CREATE FUNCTION medserve_content_key_of(_tenant text, _id uuid) RETURNS SETOF content_key LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  RETURN QUERY SELECT * FROM content_key WHERE tenant = _tenant AND id = _id;
END $$;
`;

/** From when on answers are sealed, for good: who may write a table cannot say otherwise. */
const SINCE = `
DO $$ BEGIN
  EXECUTE format('CREATE FUNCTION medserve_sealed_since() RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN %L::timestamptz', now());
END $$;
`;

/**
 * An answer is stored under a living key or not at all: a gateway may still have one at hand that was destroyed, and what that seals
 * could not be read even once. Sealed bytes begin with four that no text has, and then name their key (content/sealed.ts).
 */
const LIVING_KEY = `
CREATE FUNCTION refuse_destroyed_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM content_key WHERE id = encode(substring(NEW.result FROM 5 FOR 16), 'hex')::uuid
    AND tenant IS NOT DISTINCT FROM NEW.tenant AND wrapped IS NOT NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'the key of the answer was destroyed' USING ERRCODE = '${KEY_IS_DESTROYED}'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sealed_by_living_key BEFORE UPDATE OF result ON request FOR EACH ROW
  WHEN (substring(NEW.result FROM 1 FOR 4) = '\\xfe4d5301') EXECUTE FUNCTION refuse_destroyed_key();
`;

export class ContentKeys1765500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      CONTENT_KEYS + ownRowsOnly('content_key', 'SELECT, INSERT', 'SELECT') + OBTAIN_AND_FIND + SINCE + LIVING_KEY,
    );
  }

  /** What was sealed cannot be read after this. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TRIGGER sealed_by_living_key ON request;
       DROP FUNCTION medserve_content_key, medserve_content_key_of, medserve_sealed_since, refuse_destroyed_key;
       DROP TABLE content_key;
       DROP FUNCTION refuse_revival;`,
    );
  }
}
