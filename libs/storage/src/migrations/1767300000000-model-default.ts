import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which version the bare name of a model stands for. Models are the platform's, not a tenant's, and so is this; who changed it stands
 * in the ledger. No version: the newest that is served. What was before stays, so that one step back is always known; a row of
 * revision 0 is one that is being made.
 */
const MODEL_DEFAULT = `
CREATE TABLE model_default (
  model text PRIMARY KEY CHECK (length(model) BETWEEN 1 AND 256),
  version text CHECK (version ~ '^[0-9]{1,18}$'),
  previous text CHECK (previous ~ '^[0-9]{1,18}$'),
  revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0),
  changed_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT (model), UPDATE (version, previous, revision, changed_at) ON model_default TO medserve_gateway;
`;

export class ModelDefault1767300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MODEL_DEFAULT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE model_default;');
  }
}
