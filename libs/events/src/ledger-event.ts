import { activityEventSchema, type ActivityEvent } from './activity-event';
import { recordEventSchema, type RecordEvent } from './record-event';

/** An entry of the ledger: the course of a request carries `request`, everything else `subject`. */
export type LedgerEvent = RecordEvent | ActivityEvent;

export const isRecordEvent = (event: LedgerEvent): event is RecordEvent => 'request' in event;

/** @throws ZodError */
export function parseLedgerEvent(candidate: unknown): LedgerEvent {
  const isOfRequest = typeof candidate === 'object' && candidate !== null && 'request' in candidate;
  return isOfRequest ? recordEventSchema.parse(candidate) : activityEventSchema.parse(candidate);
}
