import { ServingError } from '@medserve/errors';
import { UPS_STATUS, type UpsStatus } from '@medserve/studies';
import type { Outcome } from './workitems';

/* What an operation ended in, as status and header Warning of UPS-RS (PS3.18 11.4.3 to 11.8.3). */

/** Header Warning, whose agent is the URL of the service (PS3.18 chapter 11). */
export const warningHeader = (agent: string, ...texts: readonly string[]): string =>
  texts.map((text) => `299 ${agent}: ${text}`).join(', ');

/** PS3.18 8.3.4.2. */
export const NOT_FUZZY = 'The fuzzymatching parameter is not supported. Only literal matching has been performed.';
export const CREATED_MODIFIED = 'The Workitem was created with modifications.';

const ALREADY: Readonly<Partial<Record<UpsStatus, string>>> = {
  [UPS_STATUS.alreadyCanceled]: 'The UPS is already in the requested state of CANCELED.',
  [UPS_STATUS.alreadyCompleted]: 'The UPS is already in the requested state of COMPLETED.',
};

/** Of what was done, and was so already. */
export const warningOf = (status: UpsStatus | undefined): string | undefined =>
  status === undefined ? undefined : ALREADY[status];

export interface Refused {
  readonly warning: string;
  readonly error: ServingError;
}

type Refusal = Extract<Outcome, { kind: 'refused' }>;

const UNCLAIMED = 'The target URI did not reference a claimed Workitem.';
const INCONSISTENT_WORKITEM = 'The submitted request is inconsistent with the current state of the Workitem.';
const INCONSISTENT_UPS = 'The submitted request is inconsistent with the state of the UPS Instance.';

const invalid = (detail: string, field: string): ServingError => new ServingError('invalid_request', detail, { field });
const conflict = (detail: string): ServingError => new ServingError('workitem_state', detail);

/** Table 11.6.3-1: an ended workitem, and a wrong Transaction UID, are bad requests. */
export function refusedUpdate({ status }: Refusal): Refused {
  if (status === UPS_STATUS.mayNoLongerBeUpdated) {
    return { warning: INCONSISTENT_WORKITEM, error: invalid('The workitem has ended.', 'workitem') };
  }
  if (status === UPS_STATUS.wrongTransaction) {
    return { warning: UNCLAIMED, error: invalid('Who changes it has not claimed it.', 'transaction-uid') };
  }
  if (status === UPS_STATUS.notYetInProgress) {
    return { warning: UNCLAIMED, error: conflict('Nobody has claimed it, and the request says otherwise.') };
  }
  return { warning: INCONSISTENT_WORKITEM, error: conflict('The platform performs it, and alone changes it.') };
}

/** Table 11.7.3-1. */
export function refusedChange({ status, detail }: Refusal, transactionUid: string | undefined): Refused {
  if (status === UPS_STATUS.wrongTransaction) {
    const warning = `The Transaction UID is ${transactionUid === undefined ? 'missing' : 'incorrect'}.`;
    return { warning, error: invalid(warning, 'TransactionUID') };
  }
  if (status === UPS_STATUS.scheduledOnlyWhenCreated) {
    const error = invalid('A workitem is SCHEDULED when it is created, and never again.', 'ProcedureStepState');
    return { warning: INCONSISTENT_UPS, error };
  }
  return { warning: INCONSISTENT_UPS, error: conflict(detail ?? WHY_NOT[status] ?? INCONSISTENT_UPS) };
}

const WHY_NOT: Readonly<Partial<Record<UpsStatus, string>>> = {
  [UPS_STATUS.mayNoLongerBeUpdated]: 'The workitem has ended.',
  [UPS_STATUS.alreadyInProgress]: 'The workitem is claimed already.',
  [UPS_STATUS.notYetInProgress]: 'Nobody has claimed the workitem.',
};

/** Table 11.8.3-1. */
export function refusedCancel({ status }: Refusal): Refused {
  const error = conflict('The workitem has ended.');
  return { warning: ALREADY[status] ?? INCONSISTENT_WORKITEM, error };
}
