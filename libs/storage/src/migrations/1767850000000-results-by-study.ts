import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * By which study and which order the context of a request is found: keyed hashes, as the records have them, since the context itself is
 * sealed. Rows of before have none. The tenant comes last: an index that begins with it looks as good as the key to a plan that is made
 * while there are few rows.
 */
const BY_STUDY = `
ALTER TABLE result_context
  ADD COLUMN study text CHECK (study ~ '^[0-9a-f]{64}$'),
  ADD COLUMN accession text CHECK (accession ~ '^[0-9a-f]{64}$');
CREATE INDEX result_context_study ON result_context (study, tenant, request) WHERE study IS NOT NULL;
CREATE INDEX result_context_accession ON result_context (accession, tenant, request) WHERE accession IS NOT NULL;
`;

export class ResultsByStudy1767850000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BY_STUDY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE result_context DROP COLUMN study, DROP COLUMN accession;');
  }
}
