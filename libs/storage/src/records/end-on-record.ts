import { decodeEvent, isRecordEvent, type RecordEvent } from '@medserve/events';

/** How a request ended, as its record says it: what the row of the request says can be held against it. */
export type EndOnRecord = Pick<RecordEvent, 'event' | 'outputSha256'>;

/** Undefined where the bytes are no event of a request. */
export function endIn(payload: Buffer): EndOnRecord | undefined {
  try {
    const event = decodeEvent(payload);
    return isRecordEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}
