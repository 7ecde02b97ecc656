import type { Reason } from '@medserve/errors';
import { inputFields, newEventId, type RecordEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import { actorOf } from '../activities/actor-of';
import { observedFacts, type SeenInput } from './observed-facts';
import type { Dispatched } from './ports';

/** What every event of one request says. Neither patient nor image content: hashes stand for the inputs. */
export interface EventSubject {
  readonly request: string;
  readonly tenant: string;
  readonly by: Principal;
  /** Keyed hashes of the ids of the patient and the study, in hex, where the input or its sender names them. */
  readonly patient?: string | undefined;
  readonly study?: string | undefined;
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
  ...actorOf(subject.by),
  ...(subject.patient === undefined ? {} : { patient: subject.patient }),
  ...(subject.study === undefined ? {} : { study: subject.study }),
  task: subject.task,
  modality: subject.modality,
  class: subject.class,
  ...inputFields(subject.inputs),
});

/** @param arrival by which way it came, and who is expected to answer, where that is known */
export const acceptedEvent = (
  subject: EventSubject,
  id: string,
  at: Date,
  { door, expectedModel }: Partial<Pick<RecordEvent, 'door' | 'expectedModel'>> = {},
): RecordEvent => ({
  ...base(subject, 'accepted', id, at),
  ...(door === undefined ? {} : { door }),
  ...(expectedModel === undefined ? {} : { expectedModel }),
});

/** @param outputSha256 over the exact bytes of the answer, in hex */
export function completedEvent(
  subject: EventSubject,
  id: string,
  at: Date,
  done: Dispatched,
  outputSha256: string,
  seen?: SeenInput,
): RecordEvent {
  const { finding, model } = done;
  const decision = finding === undefined ? {} : { decision: finding.decision };
  const observed = observedFacts(done, seen);
  return { ...base(subject, 'completed', id, at), ...decision, model: { ...model }, observed, outputSha256 };
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
