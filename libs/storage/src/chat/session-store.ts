import { ServingError } from '@medserve/errors';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { tellIn } from '../outbox/tell-in';
import { onSealedRows } from '../content/sealed-rows';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import { SESSIONS_OF_OWNER } from '../locks';
import type { WakeUp } from '../outbox/wake-up';
import { BUSY } from './busy';
import type { NewSession, NewTurn, SessionKey, StoredImages, StoredSession, StoredTurn } from './session-rows';

/** Sessions that one owner may have open, so that nobody fills the table. */
export const OPEN_SESSIONS = 200;
/** Ended in one sweep. */
const SWEPT = 200;

/** Who opens sessions of one owner at once takes turns: each counts those of the others. */
const TAKE_TURNS = 'SELECT pg_advisory_xact_lock($1, hashtext($2))';
const COUNT = 'SELECT count(*)::int AS open FROM chat_session WHERE tenant = $1 AND owner = $2 AND expires_at > now()';
const INSERT = `
INSERT INTO chat_session (id, tenant, owner, head, ttl_s, expires_at)
VALUES ($1, $2, $3, $4, $5::int, now() + make_interval(secs => $5::int)) RETURNING expires_at AS "expiresAt"`;
const FIND = `
SELECT id, patient, head, ttl_s AS "ttlSeconds", turns, word_bytes::int AS "wordBytes", image_bytes::int AS "imageBytes",
  created_at AS "createdAt", expires_at AS "expiresAt", ${BUSY} AS "isBusy"
FROM chat_session WHERE tenant = $1 AND owner = $2 AND id = $3 AND expires_at > now()`;
const TURNS = 'SELECT number, request, words, at FROM chat_turn WHERE tenant = $1 AND session = $2 ORDER BY number';
const IMAGES = `
SELECT request, images FROM chat_turn WHERE tenant = $1 AND session = $2 AND images IS NOT NULL ORDER BY number`;
const CLOSE =
  'DELETE FROM chat_session WHERE tenant = $1 AND owner = $2 AND id = $3 AND expires_at > now() RETURNING turns';
const EXPIRED = `
DELETE FROM chat_session WHERE expires_at <= now() AND id IN (
  SELECT id FROM chat_session WHERE expires_at <= now() ORDER BY expires_at LIMIT ${String(SWEPT)})
RETURNING id, tenant, turns`;

/**
 * Conversations, each of one owner, for as long as they live. All methods throw ServingError `unavailable` when the database does not
 * answer. A session that has expired is not there any more, whether it was swept or not.
 */
export class SessionStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * The session and the event that tells of it, in one commit.
   *
   * @returns when it expires
   * @throws ServingError `quota_exceeded` where its owner has as many as may be; DestroyedKeyError
   */
  async open({ id, tenant, owner, head, ttlSeconds }: NewSession, event: ActivityEvent): Promise<Date> {
    const expiresAt = await this.inTenant(tenant, async (client) => {
      await client.rows({ text: TAKE_TURNS, values: [SESSIONS_OF_OWNER, `${tenant}/${owner}`] });
      const [counted] = await client.rows<{ open: number }>({ text: COUNT, values: [tenant, owner] });
      if ((counted?.open ?? 0) >= OPEN_SESSIONS) {
        throw new ServingError('quota_exceeded', 'As many sessions of the caller are open as may be.', {
          limit: `open sessions: ${String(OPEN_SESSIONS)}`,
          remedy: 'End one with DELETE /v1/sessions/{id}, or wait until one expires.',
        });
      }
      const [row] = await client.rows<{ expiresAt: Date }>({
        text: INSERT,
        values: [id, tenant, owner, head, ttlSeconds],
      });
      await tellIn(client, event);
      return (row as { expiresAt: Date }).expiresAt;
    });
    this.wakeUp.ring();
    return expiresAt;
  }

  /** Undefined where the owner has no such session. */
  async find({ tenant, owner, id }: SessionKey): Promise<StoredSession | undefined> {
    const statement = { text: FIND, values: [tenant, owner, id] };
    const [session] = await this.inTenant(tenant, (client) => client.rows<StoredSession>(statement));
    return session;
  }

  /** In their order. */
  turns(tenant: string, id: string): Promise<StoredTurn[]> {
    return this.inTenant(tenant, (client) => client.rows<StoredTurn>({ text: TURNS, values: [tenant, id] }));
  }

  /** Of the turns that have any, in their order. */
  images(tenant: string, id: string): Promise<StoredImages[]> {
    return this.inTenant(tenant, (client) => client.rows<StoredImages>({ text: IMAGES, values: [tenant, id] }));
  }

  /**
   * Takes the session for one request, which is to be its next turn.
   *
   * @param turns that the request knows of
   * @param leaseMs after which the session is free again, whatever became of the request
   * @returns false where another request has it, it has another turn meanwhile, or it is not there
   */
  async claim({ tenant, owner, id }: SessionKey, request: string, turns: number, leaseMs: number): Promise<boolean> {
    const text = `
UPDATE chat_session SET busy_by = $4, busy_until = now() + make_interval(secs => $6),
  expires_at = greatest(expires_at, now() + make_interval(secs => $6))
WHERE tenant = $1 AND owner = $2 AND id = $3 AND turns = $5 AND expires_at > now() AND NOT ${BUSY} RETURNING id`;
    const values = [tenant, owner, id, request, turns, leaseMs / 1_000];
    return (await this.inTenant(tenant, (client) => client.rows({ text, values }))).length > 0;
  }

  /** Gives the session back without a turn; nothing happens where the request does not have it. */
  async release(tenant: string, id: string, request: string): Promise<void> {
    const text = `
UPDATE chat_session SET busy_by = NULL, busy_until = NULL WHERE tenant = $1 AND id = $2 AND busy_by = $3 RETURNING id`;
    await this.inTenant(tenant, (client) => client.rows({ text, values: [tenant, id, request] }));
  }

  /**
   * Adds the turn and gives the session back, which lives on for its time from now. A turn of the same request is added once.
   *
   * @param claimedBy the request that took the session
   * @returns false where that request does not have it any more, and nothing was added
   * @throws DestroyedKeyError
   */
  append({ tenant, session, request, patient, words, images }: NewTurn, claimedBy: string): Promise<boolean> {
    return this.inTenant(tenant, async (client) => {
      const lock = 'SELECT turns FROM chat_session WHERE tenant = $1 AND id = $2 AND busy_by = $3 FOR UPDATE';
      const [held] = await client.rows<{ turns: number }>({ text: lock, values: [tenant, session, claimedBy] });
      if (held === undefined) return false;
      const added = await client.rows({
        text: `
INSERT INTO chat_turn (session, number, tenant, request, words, images) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (session, request) DO NOTHING RETURNING number`,
        values: [session, held.turns + 1, tenant, request, words, images],
      });
      const isNew = added.length > 0;
      await client.rows({
        text: `
UPDATE chat_session SET turns = turns + $3, word_bytes = word_bytes + $4, image_bytes = image_bytes + $5,
  patient = coalesce(patient, $6), busy_by = NULL, busy_until = NULL, expires_at = now() + make_interval(secs => ttl_s) WHERE tenant = $1 AND id = $2`,
        values: [
          tenant,
          session,
          ...(isNew ? [1, words.length, images?.length ?? 0, patient ?? null] : [0, 0, 0, null]),
        ],
      });
      return true;
    });
  }

  /** Ends the session, with all its turns, and tells of it in one commit. @returns false where the owner has no such session */
  async close({ tenant, owner, id }: SessionKey, eventOf: (turns: number) => ActivityEvent): Promise<boolean> {
    const isClosed = await this.inTenant(tenant, async (client) => {
      const [closed] = await client.rows<{ turns: number }>({ text: CLOSE, values: [tenant, owner, id] });
      if (closed !== undefined) await tellIn(client, eventOf(closed.turns));
      return closed !== undefined;
    });
    if (isClosed) this.wakeUp.ring();
    return isClosed;
  }

  /** Ends sessions whose time is over, of all tenants: a recorder's work. @returns how many */
  async sweep(now: Date): Promise<number> {
    const count = await orUnavailable(
      this.database.transaction('read committed', async (client) => {
        const gone = await client.rows<{ id: string; tenant: string; turns: number }>({ text: EXPIRED, values: [] });
        for (const { id, tenant, turns } of gone) {
          await tellIn(client, {
            id: newEventId(),
            schema: 1,
            event: 'session_closed',
            at: now.toISOString(),
            tenant,
            actor: 'recorder',
            actorKind: 'service',
            subject: `session:${id}`,
            outcome: 'success',
            facts: { turns, expired: true },
          });
        }
        return gone.length;
      }),
    );
    if (count > 0) this.wakeUp.ring();
    return count;
  }

  private inTenant<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return onSealedRows(this.database, tenant, work);
  }
}
