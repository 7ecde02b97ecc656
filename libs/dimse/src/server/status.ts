import { toServingError } from '@medserve/errors';
import type { Outcome } from './handler';

/** DIMSE statuses (PS3.7 annex C, PS3.4 annexes B and C) that are given here. */
export const STATUS = {
  success: 0x0000,
  pending: 0xff00,
  /** Pending, and optional keys are not supported (PS3.4 table C.4-1). */
  pendingWithoutKeys: 0xff01,
  cancelled: 0xfe00,
  processingFailure: 0x0110,
  noSuchInstance: 0x0117,
  noSuchSopClass: 0x0118,
  sopClassNotSupported: 0x0122,
  notAuthorised: 0x0124,
  unrecognizedOperation: 0x0211,
  mistypedArgument: 0x0212,
  outOfResources: 0xa700,
  subOperationsFailed: 0xa702,
  moveDestinationUnknown: 0xa801,
  doesNotMatchSopClass: 0xa900,
  someSubOperationsFailed: 0xb000,
  cannotUnderstand: 0xc000,
} as const;

/** (0000,0902) is LO: 64 characters of the default repertoire. */
const MAX_COMMENT = 64;

/** The answer to a request whose handler threw. What is not a ServingError says nothing of itself. */
export function outcomeOf(thrown: unknown): Outcome {
  const { category, title } = toServingError(thrown);
  const outcome = (status: number): Outcome => ({ status, comment: title.slice(0, MAX_COMMENT) });
  switch (category) {
    case 'unavailable':
    case 'exhausted':
    case 'too_large':
      return outcome(STATUS.outOfResources);
    case 'invalid':
    case 'unprocessable':
      return outcome(STATUS.doesNotMatchSopClass);
    case 'unauthenticated':
    case 'forbidden':
      return outcome(STATUS.notAuthorised);
    case 'unsupported':
    case 'unsupported_media':
      return outcome(STATUS.sopClassNotSupported);
    case 'not_found':
    case 'gone':
    case 'conflict':
    case 'method_not_allowed':
    case 'not_acceptable':
    case 'deadline':
    case 'cancelled':
    case 'upstream':
    case 'internal':
      return outcome(STATUS.processingFailure);
  }
}
