import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DROP_TRACED_RECORD_FUNCTIONS, TRACED_RECORD_FUNCTIONS } from './traced-record-functions';

/**
 * An event on its way knows the trace of its request, if that is traced (W3C Trace Context, version 00). It is not part of the event:
 * the ledger never sees it, and it is gone with the row. The form is checked here as well, so that nothing else can be written there.
 */
const TRACES = `
ALTER TABLE outbox ADD COLUMN traceparent text CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');
GRANT INSERT (traceparent) ON outbox TO medserve_gateway, medserve_recorder;
`;

export class Traces1765800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TRACES + TRACED_RECORD_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`${DROP_TRACED_RECORD_FUNCTIONS} ALTER TABLE outbox DROP COLUMN traceparent;`);
  }
}
