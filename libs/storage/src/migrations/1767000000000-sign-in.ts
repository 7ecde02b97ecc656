import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownRowsOnly } from './own-rows';

/** How people sign in at an issuer: the client that it knows this platform as, and what the page calls it. Null: they do not. */
const ISSUERS = `
ALTER TABLE issuer ADD COLUMN sign_in jsonb CHECK (jsonb_typeof(sign_in -> 'client') = 'string');
CREATE FUNCTION medserve_sign_in_issuers(_most integer)
RETURNS TABLE (id uuid, tenant text, issuer text, sign_in jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, tenant, issuer, sign_in FROM issuer WHERE sign_in IS NOT NULL ORDER BY sign_in ->> 'title', id LIMIT _most
$$;
REVOKE ALL ON FUNCTION medserve_sign_in_issuers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_sign_in_issuers TO medserve_gateway;
`;

/**
 * Who is signed in on the page. A session says whose it is, so it is found before that is known: by the hash of its secret, which the
 * transaction names. It ends with the key, the person or the line of the issuer that it stands for.
 */
const SESSIONS = `
CREATE TABLE sign_in_session (
  hash bytea PRIMARY KEY CHECK (length(hash) = 32),
  id uuid NOT NULL UNIQUE,
  tenant text NOT NULL REFERENCES tenant (id),
  key uuid REFERENCES api_key (id) ON DELETE CASCADE,
  line uuid REFERENCES issuer (id) ON DELETE CASCADE,
  person text,
  claims jsonb,
  name text CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  FOREIGN KEY (tenant, person) REFERENCES person (tenant, id) ON DELETE CASCADE,
  CHECK ((key IS NULL) <> (person IS NULL)),
  CHECK (num_nulls(line, person, claims) IN (0, 3))
);
CREATE INDEX sign_in_session_of ON sign_in_session (tenant, coalesce(key::text, person), created_at DESC);
CREATE INDEX sign_in_session_end ON sign_in_session (ends_at);
CREATE INDEX sign_in_session_line ON sign_in_session (line);
${ownRowsOnly('sign_in_session', 'SELECT, INSERT, DELETE', 'SELECT, DELETE')}
GRANT UPDATE (seen_at) ON sign_in_session TO medserve_gateway;
CREATE POLICY named_row ON sign_in_session FOR SELECT TO medserve_gateway
  USING (hash = decode(nullif(current_setting('medserve.sign_in', true), ''), 'hex'));
CREATE FUNCTION medserve_sign_in(_hash bytea) RETURNS SETOF sign_in_session LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.sign_in', encode(_hash, 'hex'), true);
  RETURN QUERY SELECT * FROM sign_in_session WHERE hash = _hash;
  PERFORM set_config('medserve.sign_in', '', true);
END $$;
`;

export class SignIn1767000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ISSUERS + SESSIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION medserve_sign_in, medserve_sign_in_issuers;
      DROP TABLE sign_in_session;
      ALTER TABLE issuer DROP COLUMN sign_in;
    `);
  }
}
