import type { MigrationInterface, QueryRunner } from 'typeorm';
import { KEY_IS_DESTROYED } from '../destroyed-key';
import { ownRowsOnly } from './own-rows';

/** Sealed bytes begin with these four (content/sealed.ts); nothing of a conversation is stored otherwise. */
export const sealed = (column: string): string => `CHECK (substring(${column} FROM 1 FOR 4) = '\\xfe4d5301')`;

/**
 * A conversation and its turns. What was said and shown is sealed; the rest is what the platform needs to keep order: whose it is,
 * whom it is about (a keyed hash), how long it lives, how much it holds, and the request that is answering a turn. The turns go with
 * their session.
 */
const SESSIONS = `
CREATE TABLE chat_session (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  owner text NOT NULL,
  patient text CHECK (patient ~ '^[0-9a-f]{64}$'),
  head bytea NOT NULL ${sealed('head')},
  ttl_s integer NOT NULL CHECK (ttl_s BETWEEN 60 AND 604800),
  turns integer NOT NULL DEFAULT 0,
  word_bytes bigint NOT NULL DEFAULT 0,
  image_bytes bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  busy_by uuid,
  busy_until timestamptz,
  CHECK ((busy_by IS NULL) = (busy_until IS NULL))
);
CREATE INDEX chat_session_owner ON chat_session (tenant, owner, expires_at);
CREATE INDEX chat_session_expiry ON chat_session (expires_at);
${ownRowsOnly('chat_session', 'SELECT, INSERT, DELETE', 'SELECT, DELETE')}
GRANT UPDATE (patient, turns, word_bytes, image_bytes, expires_at, busy_by, busy_until) ON chat_session TO medserve_gateway;

CREATE TABLE chat_turn (
  session uuid NOT NULL REFERENCES chat_session (id) ON DELETE CASCADE,
  number integer NOT NULL CHECK (number > 0),
  tenant text NOT NULL,
  request uuid NOT NULL,
  words bytea NOT NULL ${sealed('words')},
  images bytea ${sealed('images')},
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (session, number),
  UNIQUE (session, request)
);
${ownRowsOnly('chat_turn', 'SELECT, INSERT', 'SELECT')}
`;

/** As an answer, what is said is stored under living keys or not at all (1765500000000-content-keys.ts). */
export const livingKeys = (table: string, ...columns: string[]): string => `
CREATE FUNCTION refuse_destroyed_key_of_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM unnest(ARRAY[${columns.map((column) => `NEW.${column}`).join(', ')}]) AS content (sealed)
  WHERE sealed IS NOT NULL AND NOT EXISTS (
    SELECT FROM content_key WHERE id = encode(substring(sealed FROM 5 FOR 16), 'hex')::uuid
      AND tenant = NEW.tenant AND wrapped IS NOT NULL);
  IF FOUND THEN RAISE EXCEPTION 'the key of what was said was destroyed' USING ERRCODE = '${KEY_IS_DESTROYED}'; END IF;
  RETURN NULL;
END $$;
-- After the checks of the table: what stands there is sealed.
CREATE TRIGGER sealed_by_living_key AFTER INSERT ON ${table}
  FOR EACH ROW EXECUTE FUNCTION refuse_destroyed_key_of_${table}();
`;

export class ChatSessions1765600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SESSIONS + livingKeys('chat_session', 'head') + livingKeys('chat_turn', 'words', 'images'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE chat_turn, chat_session;
       DROP FUNCTION refuse_destroyed_key_of_chat_session, refuse_destroyed_key_of_chat_turn;`,
    );
  }
}
