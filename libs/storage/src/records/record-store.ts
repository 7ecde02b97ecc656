import { ServingError } from '@medserve/errors';
import { encodeEvent, type RecordEvent } from '@medserve/events';
import { DatabaseError } from 'pg';
import { DestroyedKeyError, KEY_IS_DESTROYED } from '../destroyed-key';
import { orUnavailable, type Database } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';
import { endIn, type EndOnRecord } from './end-on-record';
import type { RecordChange } from './write-records';
import type { RecordWriter } from './record-writer';

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
  /** W3C Trace Context of the request, where it is traced. */
  readonly traceparent?: string | undefined;
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
  /** As of the acceptance. */
  readonly traceparent?: string | undefined;
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

export interface FoundRequest {
  readonly status: RequestStatus;
  readonly result?: StoredResult;
  /** The request is of the time before answers were sealed, by columns that no service may change. */
  readonly isOfBeforeSealing?: true;
}

const LEASE_MS = 3_600_000;

/* Each names its tenant and reads in one round trip (migrations/record-functions.ts). */

const FIND_BY_KEY = 'SELECT id, status, fingerprint, result, content_type FROM medserve_request_by_key($1, $2)';
const FIND = `
SELECT status, result, content_type, accepted_at < medserve_sealed_since() AS "isOfBefore" FROM medserve_request($1, $2)`;
const FIND_STATUS = 'SELECT status, final_event FROM medserve_request($1, $2)';
const FIND_END = 'SELECT * FROM medserve_recorded_end($1, $2) AS told (payload)';
const FIND_TIMES = `
SELECT id, status, accepted_at AS "acceptedAt", ended_at AS "endedAt" FROM medserve_request($1, $2)`;

interface KeyRow {
  readonly id: string;
  readonly status: RequestStatus;
  readonly fingerprint: Buffer;
  readonly result: Buffer | null;
  readonly content_type: string | null;
}

const resultOf = (row: Pick<KeyRow, 'result' | 'content_type'>): StoredResult | undefined =>
  row.result === null || row.content_type === null ? undefined : { bytes: row.result, contentType: row.content_type };

/** How often a key is asked for anew that its holder freed between the question and the answer. */
const KEY_ATTEMPTS = 3;

/** Of the waiting room: an ending has had its work done, so it still finds a place where a new request does not. */
const ROOM_FOR_ACCEPTING = 0.75;

/**
 * What was asked and how it ended. Each change commits together with its event in the outbox, and when a method resolves it
 * is on disk. Changes that come at once share a commit; each has its own outcome.
 *
 * All methods throw ServingError `unavailable` when the database does not answer: then nothing may be answered either. The
 * writing ones throw `overloaded` when too many records wait to be written, and ZodError or RangeError for an event that is
 * none, which is a mistake of ours.
 */
export class RecordStore {
  constructor(
    private readonly database: Database,
    private readonly writer: RecordWriter,
    private readonly wakeUp: WakeUp,
  ) {}

  /** A request may be ended once its acceptance has resolved. */
  async accept(acceptance: Acceptance): Promise<AcceptOutcome> {
    const payload = encodeEvent(acceptance.event);
    return orUnavailable(this.tryAccept(acceptance, payload));
  }

  private async tryAccept(acceptance: Acceptance, payload: Buffer): Promise<AcceptOutcome> {
    const {
      id,
      tenant,
      actor,
      idempotencyKeyHash,
      fingerprint,
      owner,
      leaseMs = LEASE_MS,
      event,
      traceparent,
    } = acceptance;
    const change: RecordChange = {
      kind: 'accept',
      id,
      tenant,
      actor,
      keyHash: idempotencyKeyHash ?? null,
      fingerprint,
      owner,
      leaseMs,
      event: event.id,
      payload,
      traceparent: traceparent ?? null,
    };
    for (let attempt = 0; attempt < KEY_ATTEMPTS; attempt += 1) {
      if (await this.writer.submit(change, ROOM_FOR_ACCEPTING)) {
        this.wakeUp.ring();
        return { kind: 'accepted' };
      }
      const rows = await this.database.rows<KeyRow>({
        name: 'record-by-key',
        text: FIND_BY_KEY,
        values: [tenant, idempotencyKeyHash],
      });
      const earlier = rows[0];
      if (earlier === undefined) continue;
      if (!earlier.fingerprint.equals(fingerprint)) return { kind: 'reused' };
      const result = resultOf(earlier);
      return { kind: 'replay', id: earlier.id, status: earlier.status, ...(result === undefined ? {} : { result }) };
    }
    throw new ServingError('unavailable', 'The idempotency key is being taken and freed all the time.');
  }

  /**
   * Ends a request once. Saying the same ending again (after a connection broke in the commit) is `recorded` too.
   *
   * @throws DestroyedKeyError where the key that sealed the result lives no more: the request is still open
   */
  async finish(ending: Ending): Promise<FinishOutcome> {
    const payload = encodeEvent(ending.event);
    return orUnavailable(this.tryFinish(ending, payload));
  }

  private async tryFinish(
    { id, tenant, status, event, result, traceparent }: Ending,
    payload: Buffer,
  ): Promise<FinishOutcome> {
    const change: RecordChange = {
      kind: 'finish',
      id,
      tenant,
      status,
      result: result?.bytes ?? null,
      contentType: result?.contentType ?? null,
      event: event.id,
      payload,
      traceparent: traceparent ?? null,
    };
    const isWritten = await this.writer.submit(change).catch((error: unknown) => {
      throw error instanceof DatabaseError && error.code === KEY_IS_DESTROYED ? new DestroyedKeyError(error) : error;
    });
    if (isWritten) {
      this.wakeUp.ring();
      return { kind: 'recorded' };
    }
    const rows = await this.database.rows<{ status: RequestStatus; final_event: string | null }>({
      name: 'record-status',
      text: FIND_STATUS,
      values: [tenant, id],
    });
    const found = rows[0];
    if (found === undefined) throw new ServingError('internal', 'A request ended that was never accepted.');
    return found.final_event === event.id ? { kind: 'recorded' } : { kind: 'superseded', status: found.status };
  }

  /** The very bytes of the answer; undefined when there is no such request in the tenant or it has no answer. */
  async result(tenant: string, id: string): Promise<StoredResult | undefined> {
    return (await this.find(tenant, id))?.result;
  }

  /** How a request stands, with its answer once there is one; undefined when the tenant has no such request. */
  async find(tenant: string, id: string): Promise<FoundRequest | undefined> {
    const statement = { name: 'record-find', text: FIND, values: [tenant, id] };
    const asked = this.database.rows<Pick<KeyRow, 'status' | 'result' | 'content_type'> & { isOfBefore: boolean }>(
      statement,
    );
    const [row] = await orUnavailable(asked);
    if (row === undefined) return undefined;
    const result = resultOf(row);
    return {
      status: row.status,
      ...(result === undefined ? {} : { result }),
      ...(row.isOfBefore ? { isOfBeforeSealing: true } : {}),
    };
  }

  /**
   * How an ended request ended by its record, in the log or on the way there; undefined where neither has it: its month was
   * deleted, or it was never put there.
   */
  async endOnRecord(tenant: string, id: string): Promise<EndOnRecord | undefined> {
    const statement = { name: 'record-end', text: FIND_END, values: [tenant, id] };
    const [row] = await orUnavailable(this.database.rows<{ payload: Buffer }>(statement));
    return row === undefined ? undefined : endIn(row.payload);
  }

  async request(tenant: string, id: string): Promise<StoredRequest | undefined> {
    const statement = { name: 'record-times', text: FIND_TIMES, values: [tenant, id] };
    const [row] = await orUnavailable(this.database.rows<StoredRequest>(statement));
    return row;
  }
}
