import type { Reason } from '@medserve/errors';
import { inputFields, newEventId, type RecordEvent } from '@medserve/events';
import type { Dispatched } from './ports';

/** What every event of one request says. Neither patient nor image content: hashes stand for the inputs. */
export interface EventSubject {
  readonly request: string;
  readonly tenant: string;
  readonly actor: string;
  readonly task: string;
  readonly modality: string;
  readonly class: NonNullable<RecordEvent['class']>;
  readonly inputs: readonly string[];
}

type Ending = 'completed' | 'failed' | 'cancelled';

const base = (subject: EventSubject, event: RecordEvent['event'], id: string, at: Date): RecordEvent => ({
  id,
  schema: 1,
  request: subject.request,
  event,
  at: at.toISOString(),
  tenant: subject.tenant,
  actor: subject.actor,
  task: subject.task,
  modality: subject.modality,
  class: subject.class,
  ...inputFields(subject.inputs),
});

export const acceptedEvent = (subject: EventSubject, id: string, at: Date): RecordEvent =>
  base(subject, 'accepted', id, at);

/** @param outputSha256 over the exact bytes of the answer, in hex */
export function completedEvent(
  subject: EventSubject,
  id: string,
  at: Date,
  done: Dispatched,
  outputSha256: string,
): RecordEvent {
  return { ...base(subject, 'completed', id, at), model: { ...done.model }, outputSha256 };
}

export function endedEvent(
  subject: EventSubject,
  ending: Exclude<Ending, 'completed'>,
  at: Date,
  reason: Reason,
  outputSha256: string,
): RecordEvent {
  return { ...base(subject, ending, newEventId(), at), reason, outputSha256 };
}
