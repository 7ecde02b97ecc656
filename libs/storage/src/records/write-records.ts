import type { RecordEvent } from '@medserve/events';
import { byteaArray, textArray } from '../database/binary-array';
import type { Queryable, Statement } from '../database/database';

/** A change of a request together with the event that tells of it. */
export type RecordChange =
  | {
      readonly kind: 'accept';
      readonly id: string;
      readonly tenant: string;
      readonly actor: string;
      readonly keyHash: Buffer | null;
      readonly fingerprint: Buffer;
      readonly owner: string;
      readonly leaseMs: number;
      readonly event: string;
      readonly payload: Buffer;
    }
  | {
      readonly kind: 'finish';
      readonly id: string;
      readonly tenant: string;
      readonly status: Exclude<RecordEvent['event'], 'accepted'>;
      readonly result: Buffer | null;
      readonly contentType: string | null;
      readonly event: string;
      readonly payload: Buffer;
    };

type Accept = Extract<RecordChange, { kind: 'accept' }>;

/*
 * In all three statements: a request and its event are written in one commit, or neither is. A key that is taken, also by another
 * row of the same statement, writes nothing; where another transaction is just taking it, its end is waited for. A key stands for
 * an answer: what ends without one frees its key, so that a retry with the same key is worked on. Returned are the events that
 * were written.
 *
 * An open request is found by its id and nothing else: tenant and status are compared in ways that no index serves, because the
 * planner takes any index for as good as the primary key while the table is nearly empty, and its plan stays.
 */

const ACCEPT_ONE = `
WITH accepted AS (
  INSERT INTO request (id, tenant, actor, status, idempotency_key_hash, fingerprint, owner, lease_until, accepted_event)
  VALUES ($1, $2, $3, 'accepted', $4, $5, $6, now() + make_interval(secs => $7::float8 / 1000), $8)
  ON CONFLICT (tenant, idempotency_key_hash) DO NOTHING RETURNING id
)
INSERT INTO outbox (event, tenant, request, payload) SELECT $8, $2, id, $9 FROM accepted RETURNING event`;

export const END_ONE = `
WITH ended AS (
  UPDATE request SET status = $3, result = $4, content_type = $5, final_event = $6, ended_at = now(),
    idempotency_key_hash = CASE WHEN $3 = 'completed' THEN idempotency_key_hash END
  WHERE id = $1 AND tenant IS NOT DISTINCT FROM $2 AND final_event IS NULL RETURNING id
)
INSERT INTO outbox (event, tenant, request, payload) SELECT $6, $2, id, $7 FROM ended RETURNING event`;

export const WRITE_MANY = `
WITH asked AS (
  SELECT * FROM unnest($1::text[]::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::text[]::bigint[],
    $7::text[]::float8[], $8::text[]::uuid[], $9::bytea[])
    AS asked (id, tenant, actor, key, fingerprint, owner, lease_ms, event, payload)
), accepted AS (
  INSERT INTO request (id, tenant, actor, status, idempotency_key_hash, fingerprint, owner, lease_until, accepted_event)
  SELECT id, tenant, actor, 'accepted', key, fingerprint, owner, now() + make_interval(secs => lease_ms / 1000), event
  FROM asked
  ON CONFLICT (tenant, idempotency_key_hash) DO NOTHING RETURNING accepted_event
), ended AS (
  UPDATE request SET status = said.status, final_event = said.event, result = said.result,
    content_type = said.content_type, ended_at = now(),
    idempotency_key_hash = CASE WHEN said.status = 'completed' THEN idempotency_key_hash END
  FROM unnest($10::text[]::uuid[], $11::text[], $12::text[], $13::bytea[], $14::text[], $15::text[]::uuid[], $16::bytea[])
    AS said (id, tenant, status, result, content_type, event, payload)
  WHERE request.id = said.id AND request.tenant IS NOT DISTINCT FROM said.tenant AND request.final_event IS NULL
  RETURNING said.event, said.tenant, said.id, said.payload
)
INSERT INTO outbox (event, tenant, request, payload)
SELECT event, tenant, id, payload FROM asked JOIN accepted ON accepted_event = event
UNION ALL SELECT event, tenant, id, payload FROM ended
RETURNING event`;

/**
 * Writes any number of acceptances and endings with their events in one statement, and so in one commit.
 *
 * @returns whether each was written, in their order. One that was not has found its key taken, or its request ended: a lookup
 *   after it sees what is there instead. Rejects when none was written.
 */
export async function writeRecords(connection: Queryable, changes: readonly RecordChange[]): Promise<boolean[]> {
  const rows = await connection.rows<{ event: string }>(statementOf(changes));
  if (rows.length === changes.length) return changes.map(() => true);
  const written = new Set(rows.map(({ event }) => event));
  return changes.map(({ event }) => written.has(event));
}

function statementOf(changes: readonly RecordChange[]): Statement {
  const [first] = changes;
  return changes.length === 1 && first !== undefined ? writeOne(first) : writeMany(changes);
}

/** One alone pays nothing for what it does not share: half the time of a statement over arrays. */
function writeOne(change: RecordChange): Statement {
  const { id, tenant, event, payload } = change;
  switch (change.kind) {
    case 'accept': {
      const { actor, keyHash, fingerprint, owner, leaseMs } = change;
      const values = [id, tenant, actor, keyHash, fingerprint, owner, leaseMs, event, payload];
      return { name: 'record-accept', text: ACCEPT_ONE, values };
    }
    case 'finish': {
      const { status, result, contentType } = change;
      return { name: 'record-end', text: END_ONE, values: [id, tenant, status, result, contentType, event, payload] };
    }
  }
}

function writeMany(changes: readonly RecordChange[]): Statement {
  const accepts = inLockOrder(changes.filter((change) => change.kind === 'accept'));
  const ends = changes.filter((change) => change.kind === 'finish');
  const values = [
    textArray(accepts.map(({ id }) => id)),
    textArray(accepts.map(({ tenant }) => tenant)),
    textArray(accepts.map(({ actor }) => actor)),
    byteaArray(accepts.map(({ keyHash }) => keyHash)),
    byteaArray(accepts.map(({ fingerprint }) => fingerprint)),
    textArray(accepts.map(({ owner }) => owner)),
    textArray(accepts.map(({ leaseMs }) => String(leaseMs))),
    textArray(accepts.map(({ event }) => event)),
    byteaArray(accepts.map(({ payload }) => payload)),
    textArray(ends.map(({ id }) => id)),
    textArray(ends.map(({ tenant }) => tenant)),
    textArray(ends.map(({ status }) => status)),
    byteaArray(ends.map(({ result }) => result)),
    textArray(ends.map(({ contentType }) => contentType)),
    textArray(ends.map(({ event }) => event)),
    byteaArray(ends.map(({ payload }) => payload)),
  ];
  return { name: 'records-write', text: WRITE_MANY, values };
}

/** Gateways that take the same keys in the same order never wait for one another in a circle. */
function inLockOrder(accepts: readonly Accept[]): readonly Accept[] {
  const keyed = accepts.filter(({ keyHash }) => keyHash !== null);
  if (keyed.length < 2) return accepts;
  const none = Buffer.alloc(0);
  return [...accepts].sort((one, other) => (one.keyHash ?? none).compare(other.keyHash ?? none));
}
