import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How far a log was signed, beside its checkpoints: so it is seen that some were taken away, and a log that nobody has signed yet is not
 * taken for one of which they were. What was signed before is what is kept of it now.
 */
const SIGNED = `
ALTER TABLE ledger_state ADD COLUMN signed bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN ledger_state.signed IS 'size of the newest checkpoint that was ever kept of this log';
UPDATE ledger_state SET signed = newest.size
FROM (SELECT tenant, max(size) AS size FROM ledger_checkpoint GROUP BY tenant) AS newest
WHERE newest.tenant = ledger_state.tenant;
GRANT UPDATE (signed) ON ledger_state TO medserve_recorder;
`;

export class SignedLogs1767900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SIGNED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE ledger_state DROP COLUMN signed');
  }
}
