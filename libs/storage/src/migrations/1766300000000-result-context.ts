import type { MigrationInterface, QueryRunner } from 'typeorm';
import { livingKeys, sealed } from './1765600000000-chat-sessions';
import { ownRowsOnly } from './own-rows';

/**
 * What the headers of a request's DICOM objects say of whose study it is, for what is told of its answer later. Sealed as the answer
 * is, under its patient's key, and never changed.
 */
const CONTEXTS = `
CREATE TABLE result_context (
  request uuid PRIMARY KEY REFERENCES request (id) ON DELETE CASCADE,
  tenant text NOT NULL,
  context bytea NOT NULL ${sealed('context')}
);
${ownRowsOnly('result_context', 'SELECT, INSERT', 'SELECT')}
`;

export class ResultContext1766300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONTEXTS + livingKeys('result_context', 'context'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE result_context; DROP FUNCTION refuse_destroyed_key_of_result_context;');
  }
}
