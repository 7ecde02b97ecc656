import { activityEventSchema, type ActivityEvent } from './activity-event';
import { recordEventSchema, type RecordEvent } from './record-event';

/** An entry of the ledger: the course of a request carries `request`, everything else `subject`. */
export type LedgerEvent = RecordEvent | ActivityEvent;

export const isRecordEvent = (event: LedgerEvent): event is RecordEvent => 'request' in event;

const isAboutRequest = (candidate: unknown): boolean =>
  typeof candidate === 'object' && candidate !== null && 'request' in candidate;

/** Of what is about to be written, to the letter. @throws ZodError */
export function parseLedgerEvent(candidate: unknown): LedgerEvent {
  return isAboutRequest(candidate) ? recordEventSchema.parse(candidate) : activityEventSchema.parse(candidate);
}

/**
 * Of what was written, maybe by a release after this one: what it says beyond what is known here is passed over, as services of two
 * releases work side by side while one takes the other's place, and after going back to the one before. The bytes keep all of it.
 *
 * @throws ZodError
 */
export function readLedgerEvent(candidate: unknown): LedgerEvent {
  return isAboutRequest(candidate) ? writtenRecord.parse(candidate) : writtenActivity.parse(candidate);
}

const writtenRecord = recordEventSchema.strip();
const writtenActivity = activityEventSchema.strip();
