import { ServingError } from '@medserve/errors';
import { encodeEvent, type RecordEvent } from '@medserve/events';
import { orUnavailable, type Database } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';

export type RequestStatus = RecordEvent['event'];
export type FinalStatus = Exclude<RequestStatus, 'accepted'>;

export interface StoredResult {
  readonly bytes: Buffer;
  readonly contentType: string;
}

export interface Acceptance {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
  /** SHA-256 of the caller's idempotency key, when there was one; unique in the tenant. */
  readonly idempotencyKeyHash?: Buffer | undefined;
  /** SHA-256 over all that makes the request: the same key with another fingerprint is refused. */
  readonly fingerprint: Buffer;
  /** From `holdOwnership`: while its lock is held the request is at work. */
  readonly owner: string;
  /** After this time the request is abandoned even if its owner lives. */
  readonly leaseMs?: number;
  readonly event: RecordEvent;
}

export type AcceptOutcome =
  | { readonly kind: 'accepted' }
  /** The same key and fingerprint were accepted before; `result` once that is completed. */
  | { readonly kind: 'replay'; readonly id: string; readonly status: RequestStatus; readonly result?: StoredResult }
  /** The key was used with another fingerprint: `idempotency_key_reused`. */
  | { readonly kind: 'reused' };

export interface Ending {
  readonly id: string;
  readonly tenant: string;
  readonly status: FinalStatus;
  readonly event: RecordEvent;
  readonly result?: StoredResult | undefined;
}

export type FinishOutcome =
  | { readonly kind: 'recorded' }
  /** The request had ended before, otherwise (abandoned, say): this ending is not recorded and no answer may leave. */
  | { readonly kind: 'superseded'; readonly status: RequestStatus };

export interface StoredRequest {
  readonly id: string;
  readonly status: RequestStatus;
  readonly acceptedAt: Date;
  readonly endedAt: Date | null;
}

const LEASE_MS = 3_600_000;

/** Both rows or none, in one round trip and one commit. A conflict waits for the other transaction, so a lookup then sees it. */
const ACCEPT = `
WITH fresh AS (
  INSERT INTO request (id, tenant, actor, status, idempotency_key_hash, fingerprint, owner, lease_until, accepted_event)
  VALUES ($1, $2, $3, 'accepted', $4, $5, $6, now() + make_interval(secs => $7::float8 / 1000), $8)
  ON CONFLICT (tenant, idempotency_key_hash) DO NOTHING RETURNING id
)
INSERT INTO outbox (event, request, payload) SELECT $8, id, $9 FROM fresh RETURNING 1`;

const FIND_BY_KEY = `
SELECT id, status, fingerprint, result, content_type FROM request WHERE tenant = $1 AND idempotency_key_hash = $2`;

/** A key stands for an answer: what ended without one frees its key, so that a retry with the same key is worked on. */
const FINISH = `
WITH ended AS (
  UPDATE request SET status = $3, final_event = $4, result = $5, content_type = $6, ended_at = now(),
    idempotency_key_hash = CASE WHEN $3 = 'completed' THEN idempotency_key_hash END
  WHERE id = $1 AND tenant = $2 AND status = 'accepted' RETURNING id
)
INSERT INTO outbox (event, request, payload) SELECT $4, id, $7 FROM ended RETURNING 1`;

interface KeyRow {
  readonly id: string;
  readonly status: RequestStatus;
  readonly fingerprint: Buffer;
  readonly result: Buffer | null;
  readonly content_type: string | null;
}

const resultOf = (row: Pick<KeyRow, 'result' | 'content_type'>): StoredResult | undefined =>
  row.result === null || row.content_type === null ? undefined : { bytes: row.result, contentType: row.content_type };

/**
 * What was asked and how it ended. Each change commits together with its event in the outbox, and when a method resolves it
 * is on disk.
 *
 * All methods throw ServingError `unavailable` when the database does not answer: then nothing may be answered either.
 */
export class RecordStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  accept(acceptance: Acceptance): Promise<AcceptOutcome> {
    return orUnavailable(this.tryAccept(acceptance));
  }

  private async tryAccept(acceptance: Acceptance): Promise<AcceptOutcome> {
    const { id, tenant, actor, idempotencyKeyHash, fingerprint, owner, leaseMs = LEASE_MS, event } = acceptance;
    const values = [
      id,
      tenant,
      actor,
      idempotencyKeyHash ?? null,
      fingerprint,
      owner,
      leaseMs,
      event.id,
      encodeEvent(event),
    ];
    const written = await this.database.rows({ name: 'record-accept', text: ACCEPT, values });
    if (written.length === 1) {
      this.wakeUp.ring();
      return { kind: 'accepted' };
    }
    const rows = await this.database.rows<KeyRow>({ text: FIND_BY_KEY, values: [tenant, idempotencyKeyHash] });
    const earlier = rows[0];
    if (earlier === undefined) throw new ServingError('internal', 'The earlier request of this key is not there.');
    if (!earlier.fingerprint.equals(fingerprint)) return { kind: 'reused' };
    const result = resultOf(earlier);
    return { kind: 'replay', id: earlier.id, status: earlier.status, ...(result === undefined ? {} : { result }) };
  }

  /** Ends a request once. Saying the same ending again (after a connection broke in the commit) is `recorded` too. */
  finish(ending: Ending): Promise<FinishOutcome> {
    return orUnavailable(this.tryFinish(ending));
  }

  private async tryFinish({ id, tenant, status, event, result }: Ending): Promise<FinishOutcome> {
    const values = [
      id,
      tenant,
      status,
      event.id,
      result?.bytes ?? null,
      result?.contentType ?? null,
      encodeEvent(event),
    ];
    const written = await this.database.rows({ name: 'record-finish', text: FINISH, values });
    if (written.length === 1) {
      this.wakeUp.ring();
      return { kind: 'recorded' };
    }
    const rows = await this.database.rows<{ status: RequestStatus; final_event: string | null }>({
      text: 'SELECT status, final_event FROM request WHERE id = $1 AND tenant = $2',
      values: [id, tenant],
    });
    const found = rows[0];
    if (found === undefined) throw new ServingError('internal', 'A request ended that was never accepted.');
    return found.final_event === event.id ? { kind: 'recorded' } : { kind: 'superseded', status: found.status };
  }

  /** The very bytes of the answer; undefined when there is no such request in the tenant or it has no answer. */
  async result(tenant: string, id: string): Promise<StoredResult | undefined> {
    const text = 'SELECT result, content_type FROM request WHERE id = $1 AND tenant = $2';
    const rows = await orUnavailable(
      this.database.rows<Pick<KeyRow, 'result' | 'content_type'>>({ text, values: [id, tenant] }),
    );
    return rows[0] === undefined ? undefined : resultOf(rows[0]);
  }

  async request(tenant: string, id: string): Promise<StoredRequest | undefined> {
    const text = `SELECT id, status, accepted_at AS "acceptedAt", ended_at AS "endedAt" FROM request WHERE id = $1 AND tenant = $2`;
    const rows = await orUnavailable(this.database.rows<StoredRequest>({ text, values: [id, tenant] }));
    return rows[0];
  }
}
