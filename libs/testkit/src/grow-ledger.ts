import { createHash, type KeyObject } from 'node:crypto';
import { encodeEvent, newEventId, type EventMessage, type RecordEvent } from '@medserve/events';
import type { Storage } from '@medserve/storage';
import type { TestDatabase } from './postgres';

const BATCH = 2_000;

const INSERT = `
WITH asked AS (
  INSERT INTO request (id, tenant, actor, status, fingerprint, owner, lease_until, accepted_event, final_event, result, content_type, ended_at)
  SELECT id, 'local', 'key-1', 'completed', 'x', 1, now(), accepted, final, convert_to(answer, 'UTF8'), 'application/json', now()
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS fresh (id, accepted, final, answer)
)
INSERT INTO outbox (event, tenant, request, payload)
SELECT event, 'local', request, payload FROM unnest($5::uuid[], $6::uuid[], $7::bytea[]) WITH ORDINALITY AS told (event, request, payload, at)
ORDER BY at`;

interface Told {
  readonly event: RecordEvent;
  readonly payload: Buffer;
}

function told(fields: Pick<RecordEvent, 'request' | 'event'> & Partial<RecordEvent>): Told {
  const event: RecordEvent = {
    id: newEventId(),
    schema: 1,
    at: new Date().toISOString(),
    tenant: 'local',
    actor: 'key-1',
    ...fields,
  };
  return { event, payload: encodeEvent(event) };
}

/** Brings whole requests into the log of the tenant `local` by the real writer, two entries each, many in a statement. */
export async function growLedger(
  database: Pick<TestDatabase, 'superuser'>,
  storage: Storage,
  requests: number,
  key: KeyObject,
): Promise<void> {
  for (let done = 0; done < requests; done += BATCH) {
    const asked = Array.from({ length: Math.min(BATCH, requests - done) }, (_, at) => {
      const request = newEventId();
      const answer = `{"n":${String(done + at)}}`;
      const outputSha256 = createHash('sha256').update(answer).digest('hex');
      const both = [
        told({ request, event: 'accepted', task: 'classify' }),
        told({ request, event: 'completed', outputSha256 }),
      ];
      return { request, answer, both };
    });
    const events = asked.flatMap(({ both }) => both);
    await database.superuser((sql) =>
      sql.query(INSERT, [
        asked.map(({ request }) => request),
        asked.map(({ both }) => both[0]?.event.id),
        asked.map(({ both }) => both[1]?.event.id),
        asked.map(({ answer }) => answer),
        events.map(({ event }) => event.id),
        events.map(({ event }) => event.request),
        events.map(({ payload }) => payload),
      ]),
    );
    await storage.ledger.append(
      events.map(({ event, payload }): EventMessage => ({ id: event.id, key: event.request, bytes: payload })),
    );
    await storage.ledger.checkpoint('local', key);
  }
}
