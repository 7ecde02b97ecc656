import type { RequestStatus } from './record-store';

/** A failure, in words of ours (RFC 9457): stored as it is. */
export const PROBLEM = 'application/problem+json';

const ANSWERS = ['application/json', 'text/event-stream'];

/** By how a request ended, what may be stored of it: its answer, or the problem or the beginning of a stream in place of one. */
export const RESULT_TYPES: Readonly<Record<RequestStatus, readonly string[]>> = {
  accepted: [],
  completed: ANSWERS,
  failed: [PROBLEM, 'text/event-stream'],
  cancelled: [PROBLEM, 'text/event-stream'],
  abandoned: [],
};
