import type { MigrationInterface, QueryRunner } from 'typeorm';
import { OWN_ROW, ownRowsOnly } from './own-rows';

/** A line says whose tokens an issuer makes, so it is found before that is known: by the issuer that the transaction names. */
const ISSUERS = `
CREATE TABLE issuer (
  id uuid PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenant (id),
  issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 512),
  client text CHECK (length(client) BETWEEN 1 AND 255),
  claim text CHECK (length(claim) BETWEEN 1 AND 255),
  claim_value text CHECK (length(claim_value) BETWEEN 1 AND 255),
  jwks_uri text NOT NULL CHECK (length(jwks_uri) <= 2048),
  audience text NOT NULL CHECK (length(audience) BETWEEN 1 AND 512),
  algorithms text[] NOT NULL CHECK (cardinality(algorithms) > 0),
  typ text,
  scopes text[] NOT NULL,
  claims jsonb NOT NULL DEFAULT '{}',
  roles jsonb NOT NULL DEFAULT '{}',
  departments text[],
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((claim IS NULL) = (claim_value IS NULL))
);
CREATE UNIQUE INDEX issuer_line ON issuer
  (issuer, coalesce(client, ''), coalesce(claim, ''), coalesce(claim_value, ''));
${ownRowsOnly('issuer', 'SELECT', 'SELECT')}
CREATE POLICY named_rows ON issuer FOR SELECT TO medserve_gateway
  USING (issuer = (SELECT nullif(current_setting('medserve.issuer', true), '')));
CREATE FUNCTION medserve_issuers(_issuer text) RETURNS TABLE (line issuer, sites text[]) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.issuer', _issuer, true);
  PERFORM set_config('medserve.tenant', (SELECT array_agg(DISTINCT tenant) FROM issuer WHERE issuer.issuer = _issuer)::text, true);
  RETURN QUERY SELECT named, ARRAY(SELECT site.id FROM site WHERE site.tenant = named.tenant)
    FROM issuer AS named WHERE named.issuer = _issuer;
  -- What was named is named for this question only; a SET clause of the function would need a superuser to make it.
  PERFORM set_config('medserve.issuer', '', true), set_config('medserve.tenant', '', true);
END $$;
`;

/** So is a client, by the one thing that it proves itself with. */
const CLIENTS = `
CREATE TABLE client (
  id uuid PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenant (id),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
  jwks jsonb,
  jwks_uri text CHECK (length(jwks_uri) <= 2048),
  certificate_sha256 text UNIQUE CHECK (certificate_sha256 ~ '^[0-9a-f]{64}$'),
  certificate_name text UNIQUE CHECK (certificate_name ~ '^(URI|DNS):[!-~]+$' AND length(certificate_name) <= 500),
  scopes text[] NOT NULL,
  site text,
  department text,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  FOREIGN KEY (tenant, site) REFERENCES site (tenant, id),
  CHECK (jwks IS NULL OR jwks_uri IS NULL),
  CHECK (num_nonnulls(jwks, jwks_uri, certificate_sha256, certificate_name) > 0)
);
${ownRowsOnly('client', 'SELECT', 'SELECT')}
CREATE POLICY named_row ON client FOR SELECT TO medserve_gateway
  USING ((SELECT nullif(current_setting('medserve.client', true), '')) IN (id::text, certificate_sha256, certificate_name));
CREATE FUNCTION medserve_client(_name text) RETURNS SETOF client LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.client', _name, true);
  RETURN QUERY SELECT * FROM client WHERE id::text = _name OR certificate_sha256 = _name OR certificate_name = _name;
  PERFORM set_config('medserve.client', '', true);
END $$;
`;

/** What stands behind the words of the records. Nobody reads it but an auditor of the tenant. */
const PEOPLE = `
CREATE TABLE person (
  tenant text NOT NULL REFERENCES tenant (id),
  id text NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  first_seen timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id)
);
${ownRowsOnly('person', 'SELECT, INSERT', 'SELECT')}
CREATE POLICY own_rows_of_auditor ON person FOR SELECT TO medserve_auditor USING (${OWN_ROW});
GRANT SELECT ON person TO medserve_auditor;
`;

/** Assertions that were used, until an hour after they would have ended. Nobody changes one, but to lock a row takes the right to. */
const ASSERTIONS = `
CREATE TABLE used_assertion (
  tenant text NOT NULL REFERENCES tenant (id),
  client uuid NOT NULL,
  jti_hash bytea NOT NULL CHECK (length(jti_hash) = 32),
  until timestamptz NOT NULL,
  PRIMARY KEY (client, jti_hash)
);
CREATE INDEX used_assertion_until ON used_assertion (tenant, until);
${ownRowsOnly('used_assertion', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT')}
`;

/** In the order in which a tenant's keys are listed. */
const KEYS = 'CREATE INDEX api_key_of_tenant ON api_key (tenant, created_at, id);';

export class Identity1765200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ISSUERS + CLIENTS + PEOPLE + ASSERTIONS + KEYS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX api_key_of_tenant;
      DROP FUNCTION medserve_issuers, medserve_client;
      DROP TABLE issuer, client, person, used_assertion;
    `);
  }
}
