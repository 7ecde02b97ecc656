import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownRowsOnly } from './own-rows';

/**
 * Codes that sign one browser in, once, as a key. A code says whose it is, so it is found before that is known: by its hash, which the
 * transaction names. Gateways spend them; who starts a platform makes them.
 */
const CODES = `
CREATE TABLE sign_in_code (
  hash bytea PRIMARY KEY CHECK (length(hash) = 32),
  tenant text NOT NULL REFERENCES tenant (id),
  key uuid NOT NULL REFERENCES api_key (id) ON DELETE CASCADE,
  ends_at timestamptz NOT NULL
);
${ownRowsOnly('sign_in_code', 'SELECT, DELETE', 'SELECT, DELETE')}
CREATE POLICY named_row ON sign_in_code FOR SELECT TO medserve_gateway
  USING (hash = decode(nullif(current_setting('medserve.sign_in_code', true), ''), 'hex'));
CREATE FUNCTION medserve_sign_in_code(_hash bytea) RETURNS SETOF sign_in_code LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.sign_in_code', encode(_hash, 'hex'), true);
  RETURN QUERY SELECT * FROM sign_in_code WHERE hash = _hash AND ends_at > now();
  PERFORM set_config('medserve.sign_in_code', '', true);
END $$;
`;

export class SignInCodes1767400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CODES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION medserve_sign_in_code; DROP TABLE sign_in_code;');
  }
}
