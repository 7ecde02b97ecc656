import type { MigrationInterface, QueryRunner } from 'typeorm';
import { OWN_ROW } from './own-rows';

const REQUEST_IS_SOUND = `(status = 'accepted') = (final_event IS NULL)
  AND status IN ('accepted', 'completed', 'failed', 'cancelled', 'abandoned')`;
const OUTBOX_IS_SOUND = `state IN ('new', 'sent')
  AND (traceparent IS NULL OR traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$')`;

/**
 * What a row of a request and of its events has to be, said where it is said whose it may be. The text of a constraint is read and
 * planned anew by every statement that writes the table, that of a policy with the statement, once a session: the constraints were three
 * tenths of all that the server did for a request that came alone. A policy holds every service, and not a superuser, who could take
 * either away.
 *
 * The list of requests has one writer, whom nobody but the owner can change: the trigger in job-functions.ts, which names the words itself.
 */
const WORDS_IN_POLICIES = `
ALTER POLICY own_rows ON request WITH CHECK (${OWN_ROW} AND ${REQUEST_IS_SOUND});
ALTER POLICY every_row ON request WITH CHECK (${REQUEST_IS_SOUND});
ALTER TABLE request DROP CONSTRAINT request_status_check, DROP CONSTRAINT request_check;

ALTER POLICY own_rows ON outbox WITH CHECK (${OWN_ROW} AND ${OUTBOX_IS_SOUND});
ALTER POLICY every_row ON outbox WITH CHECK (${OUTBOX_IS_SOUND});
ALTER TABLE outbox DROP CONSTRAINT outbox_state_check, DROP CONSTRAINT outbox_traceparent_check;

ALTER TABLE job DROP CONSTRAINT job_state_check, DROP CONSTRAINT job_check;
`;

const WORDS_IN_CONSTRAINTS = `
ALTER TABLE request ADD CONSTRAINT request_status_check CHECK (status IN ('accepted', 'completed', 'failed', 'cancelled', 'abandoned')),
  ADD CONSTRAINT request_check CHECK ((status = 'accepted') = (final_event IS NULL));
ALTER POLICY own_rows ON request WITH CHECK (${OWN_ROW});
ALTER POLICY every_row ON request WITH CHECK (true);

ALTER TABLE outbox ADD CONSTRAINT outbox_state_check CHECK (state IN ('new', 'sent')),
  ADD CONSTRAINT outbox_traceparent_check CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');
ALTER POLICY own_rows ON outbox WITH CHECK (${OWN_ROW});
ALTER POLICY every_row ON outbox WITH CHECK (true);

ALTER TABLE job ADD CONSTRAINT job_state_check CHECK (state IN ('accepted', 'completed', 'failed', 'cancelled', 'abandoned')),
  ADD CONSTRAINT job_check CHECK ((state = 'accepted') = (ended_at IS NULL));
`;

export class WordsInPolicies1767600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(WORDS_IN_POLICIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(WORDS_IN_CONSTRAINTS);
  }
}
