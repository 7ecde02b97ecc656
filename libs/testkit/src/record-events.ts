import { createHash, randomBytes } from 'node:crypto';
import { newEventId, type ActivityEvent, type RecordEvent } from '@medserve/events';
import type { Acceptance, Ending } from '@medserve/storage';

const sha256 = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** An event of a request, valid and otherwise empty. */
export function recordEvent(fields: Partial<RecordEvent> = {}): RecordEvent {
  return {
    id: newEventId(),
    schema: 1,
    request: newEventId(),
    event: 'accepted',
    at: new Date().toISOString(),
    tenant: 'local',
    actor: 'key-1',
    ...fields,
  };
}

/** An event about no request, of something that succeeded. */
export const activityEvent = (
  fields: Pick<ActivityEvent, 'event' | 'subject'> & Partial<ActivityEvent>,
): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  at: new Date().toISOString(),
  tenant: 'home',
  actor: 'key-1',
  outcome: 'success',
  ...fields,
});

/** A request to accept. */
export function acceptance(fields: Partial<Acceptance> = {}): Acceptance {
  const id = fields.id ?? newEventId();
  return {
    id,
    tenant: 'local',
    actor: 'key-1',
    fingerprint: sha256('the same bytes'),
    owner: '1',
    event: recordEvent({ request: id, inputs: [randomBytes(32).toString('hex')], task: 'classify' }),
    ...fields,
  };
}

/** The completed ending of a request, its record holding the hash of the answer. */
export function completion(id: string, answer = '{"status":"completed"}'): Ending {
  const bytes = Buffer.from(answer);
  const outputSha256 = sha256(bytes).toString('hex');
  return {
    id,
    tenant: 'local',
    status: 'completed',
    event: recordEvent({ request: id, event: 'completed', outputSha256 }),
    result: { bytes, contentType: 'application/json' },
  };
}
