import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownRowsOnly } from './own-rows';

/** What people said of results. Nothing is overwritten: the latest of a result stands. */
const REVIEWS = `
CREATE TABLE review (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  request uuid NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('attested', 'overridden')),
  reason text CHECK (reason ~ '^[a-z][a-z_]{0,40}$'),
  actor text NOT NULL,
  role text,
  at timestamptz NOT NULL DEFAULT now(),
  CHECK (verdict = 'attested' OR reason IS NOT NULL)
);
CREATE INDEX review_request ON review (tenant, request, id);
${ownRowsOnly('review', 'SELECT, INSERT', 'SELECT')}
`;

const BREAK_GLASS = `
CREATE TABLE break_glass (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  requester text NOT NULL,
  reason text NOT NULL CHECK (reason ~ '^[a-z][a-z_]{0,40}$'),
  patient text CHECK (patient ~ '^[0-9a-f]{64}$'),
  requested_at timestamptz NOT NULL DEFAULT now(),
  approver text CHECK (approver <> requester),
  approved_at timestamptz,
  expires_at timestamptz CHECK (expires_at <= approved_at + interval '60 minutes'),
  ended_by text,
  ended_at timestamptz,
  CHECK ((approver IS NULL) = (approved_at IS NULL) AND (approver IS NULL) = (expires_at IS NULL)),
  CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE INDEX break_glass_newest ON break_glass (tenant, requested_at);
CREATE INDEX break_glass_requester ON break_glass (tenant, requester, requested_at);
${ownRowsOnly('break_glass', 'SELECT, INSERT', 'SELECT')}
GRANT UPDATE (approver, approved_at, expires_at, ended_by, ended_at) ON break_glass TO medserve_gateway;
`;

/**
 * Where in a log what stands: made by who searches, from the entries, so that recording costs nothing for it. It only finds; what
 * is shown is the entry itself.
 */
const AUDIT_INDEX = `
CREATE TABLE audit_index_state (
  tenant text PRIMARY KEY,
  indexed bigint NOT NULL DEFAULT 0
);
CREATE TABLE audit_index (
  tenant text NOT NULL,
  sequence bigint NOT NULL,
  at timestamptz NOT NULL,
  event text NOT NULL,
  actor text NOT NULL,
  subject text NOT NULL,
  model text,
  patient text,
  PRIMARY KEY (tenant, sequence)
);
CREATE INDEX audit_index_at ON audit_index (tenant, at);
CREATE INDEX audit_index_actor ON audit_index (tenant, actor, sequence);
CREATE INDEX audit_index_subject ON audit_index (tenant, subject, sequence);
CREATE INDEX audit_index_model ON audit_index (tenant, model, sequence) WHERE model IS NOT NULL;
CREATE INDEX audit_index_patient ON audit_index (tenant, patient, sequence) WHERE patient IS NOT NULL;
CREATE INDEX audit_index_event ON audit_index (tenant, event, sequence) WHERE event NOT IN ('accepted', 'completed');
${ownRowsOnly('audit_index', 'SELECT, INSERT')}
${ownRowsOnly('audit_index_state', 'SELECT, INSERT, UPDATE')}
`;

/** Public keys, for who verifies. Told beside the log: who has to be sure compares with one that came by another way. */
const KEYS = `
CREATE TABLE ledger_key (
  tenant text NOT NULL,
  verifier text NOT NULL,
  first_used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, verifier)
);
${ownRowsOnly('ledger_key', 'SELECT', 'SELECT, INSERT')}
`;

export class Audit1765150000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REVIEWS + BREAK_GLASS + AUDIT_INDEX + KEYS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE review, break_glass, audit_index, audit_index_state, ledger_key;');
  }
}
