import type { MigrationInterface, QueryRunner } from 'typeorm';
import { livingKeys, sealed } from './1765600000000-chat-sessions';
import { ownRowsOnly } from './own-rows';

/**
 * Files that requests speak of after they were sent, for as long as they live. What they hold is sealed; their names are not kept.
 * `patient` is the keyed hash of whom they show, where their sender said it.
 */
const UPLOADS = `
CREATE TABLE uploaded_file (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  owner text NOT NULL,
  patient text CHECK (patient ~ '^[0-9a-f]{64}$'),
  content bytea NOT NULL ${sealed('content')},
  bytes bigint NOT NULL CHECK (bytes > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX uploaded_file_tenant ON uploaded_file (tenant, expires_at);
CREATE INDEX uploaded_file_expiry ON uploaded_file (expires_at);
ALTER TABLE uploaded_file ALTER COLUMN content SET STORAGE EXTERNAL;
${ownRowsOnly('uploaded_file', 'SELECT, INSERT, DELETE', 'SELECT, DELETE')}
`;

export class UploadedFiles1765700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UPLOADS + livingKeys('uploaded_file', 'content'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE uploaded_file; DROP FUNCTION refuse_destroyed_key_of_uploaded_file;');
  }
}
