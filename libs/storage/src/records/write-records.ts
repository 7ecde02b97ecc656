import type { RecordEvent } from '@medserve/events';
import { byteaArray, textArray, uuidArray } from '../database/binary-array';
import type { Queryable, Statement } from '../database/database';

interface Told {
  readonly tenant: string;
  /** Id of the event. */
  readonly event: string;
  readonly payload: Buffer;
}

interface Traced {
  /** W3C Trace Context of the request, where it is traced: travels beside the event, not in it. */
  readonly traceparent: string | null;
}

/** A change of a request together with the event that tells of it, or an event that tells of something else. */
export type RecordChange =
  | (Told &
      Traced & {
        readonly kind: 'accept';
        readonly id: string;
        readonly actor: string;
        readonly keyHash: Buffer | null;
        readonly fingerprint: Buffer;
        readonly owner: string;
        readonly leaseMs: number;
      })
  | (Told &
      Traced & {
        readonly kind: 'finish';
        readonly id: string;
        readonly status: Exclude<RecordEvent['event'], 'accepted'>;
        readonly result: Buffer | null;
        readonly contentType: string | null;
      })
  | (Told & { readonly kind: 'tell' });

type Accept = Extract<RecordChange, { kind: 'accept' }>;

/* What the functions do stands with them, in migrations/record-functions.ts and traced-record-functions.ts. */

const ACCEPT = 'SELECT medserve_accept($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS "isWritten"';
const END = 'SELECT medserve_end($1, $2, $3, $4, $5, $6, $7, $8) AS "isWritten"';
const TELL = 'SELECT medserve_tell($1, $2, $3) AS "isWritten"';
const WRITE = `
SELECT medserve_write($1::text[],
  $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::text[]::bigint[], $8::text[]::float8[],
  $9::uuid[], $10::bytea[], $11::text[],
  $12::uuid[], $13::text[], $14::text[], $15::bytea[], $16::text[], $17::uuid[], $18::bytea[], $19::text[],
  $20::uuid[], $21::text[], $22::bytea[]) AS event`;

/**
 * Writes any number of changes with their events in one statement, and so in one commit and one round trip.
 *
 * @returns whether each was written, in their order. One that was not has found its key taken, or its request ended: a lookup
 *   after it sees what is there instead. Rejects when none was written.
 */
export async function writeRecords(connection: Queryable, changes: readonly RecordChange[]): Promise<boolean[]> {
  const [first] = changes;
  if (changes.length === 1 && first !== undefined) {
    const [row] = await connection.rows<{ isWritten: boolean }>(writeOne(first));
    return [row?.isWritten === true];
  }
  const rows = await connection.rows<{ event: string }>(writeMany(changes));
  if (rows.length === changes.length) return changes.map(() => true);
  const written = new Set(rows.map(({ event }) => event));
  return changes.map(({ event }) => written.has(event));
}

/** One alone pays nothing for what it does not share: half the time of a statement over arrays. */
function writeOne(change: RecordChange): Statement {
  const { tenant, event, payload } = change;
  switch (change.kind) {
    case 'accept': {
      const { id, actor, keyHash, fingerprint, owner, leaseMs, traceparent } = change;
      const values = [id, tenant, actor, keyHash, fingerprint, owner, leaseMs, event, payload, traceparent];
      return { name: 'record-accept', text: ACCEPT, values };
    }
    case 'finish': {
      const { id, status, result, contentType, traceparent } = change;
      const values = [id, tenant, status, result, contentType, event, payload, traceparent];
      return { name: 'record-end', text: END, values };
    }
    case 'tell':
      return { name: 'record-tell', text: TELL, values: [event, tenant, payload] };
  }
}

function writeMany(changes: readonly RecordChange[]): Statement {
  const accepts = inLockOrder(changes.filter((change) => change.kind === 'accept'));
  const ends = changes.filter((change) => change.kind === 'finish');
  const tells = changes.filter((change) => change.kind === 'tell');
  const values = [
    textArray([...new Set(changes.map(({ tenant }) => tenant))]),
    uuidArray(accepts.map(({ id }) => id)),
    textArray(accepts.map(({ tenant }) => tenant)),
    textArray(accepts.map(({ actor }) => actor)),
    byteaArray(accepts.map(({ keyHash }) => keyHash)),
    byteaArray(accepts.map(({ fingerprint }) => fingerprint)),
    textArray(accepts.map(({ owner }) => owner)),
    textArray(accepts.map(({ leaseMs }) => String(leaseMs))),
    uuidArray(accepts.map(({ event }) => event)),
    byteaArray(accepts.map(({ payload }) => payload)),
    textArray(accepts.map(({ traceparent }) => traceparent)),
    uuidArray(ends.map(({ id }) => id)),
    textArray(ends.map(({ tenant }) => tenant)),
    textArray(ends.map(({ status }) => status)),
    byteaArray(ends.map(({ result }) => result)),
    textArray(ends.map(({ contentType }) => contentType)),
    uuidArray(ends.map(({ event }) => event)),
    byteaArray(ends.map(({ payload }) => payload)),
    textArray(ends.map(({ traceparent }) => traceparent)),
    uuidArray(tells.map(({ event }) => event)),
    textArray(tells.map(({ tenant }) => tenant)),
    byteaArray(tells.map(({ payload }) => payload)),
  ];
  return { name: 'records-write', text: WRITE, values };
}

/** Gateways that take the same keys in the same order never wait for one another in a circle. */
function inLockOrder(accepts: readonly Accept[]): readonly Accept[] {
  const keyed = accepts.filter(({ keyHash }) => keyHash !== null);
  if (keyed.length < 2) return accepts;
  const none = Buffer.alloc(0);
  return [...accepts].sort((one, other) => (one.keyHash ?? none).compare(other.keyHash ?? none));
}
