import type { MigrationInterface, QueryRunner } from 'typeorm';
import { livingKeys, sealed } from './1765600000000-chat-sessions';

/**
 * What would have been right, beside a verdict. Its labels are those of the answer, which a model or a caller may have written, so it is
 * sealed as the answer is, under the same key: who shreds one shreds the other.
 */
const CORRECTIONS = `
ALTER TABLE review ADD COLUMN corrections bytea ${sealed('corrections')} CHECK (length(corrections) <= 131072);
`;

export class ReviewCorrections1767100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CORRECTIONS + livingKeys('review', 'corrections'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE review DROP COLUMN corrections;
      DROP FUNCTION refuse_destroyed_key_of_review CASCADE;
    `);
  }
}
