import { isFinal, WORKITEM_STATES, type WorkitemState } from './workitem';

/** Status of UPS operations, by their numbers (PS3.4 CC.2). */
export const UPS_STATUS = {
  alreadyCanceled: 0xb304,
  alreadyCompleted: 0xb306,
  mayNoLongerBeUpdated: 0xc300,
  wrongTransaction: 0xc301,
  alreadyInProgress: 0xc302,
  scheduledOnlyWhenCreated: 0xc303,
  finalStateRequirements: 0xc304,
  notYetInProgress: 0xc310,
  completedBefore: 0xc311,
} as const;
export type UpsStatus = (typeof UPS_STATUS)[keyof typeof UPS_STATUS];

/** Of a workitem that there is. */
export interface StandingWorkitem {
  readonly state: WorkitemState;
  /** The lock of whoever has claimed it; absent until then, and where the platform itself performs it. */
  readonly transactionUid?: string | undefined;
}

export interface WantedState {
  readonly to: WorkitemState;
  readonly transactionUid?: string | undefined;
}

export type ChangeVerdict =
  | { readonly do: 'claim' }
  /** Where its final state requirements are met. */
  | { readonly do: 'end' }
  /** It is so already: a warning, and no change. */
  | { readonly do: 'nothing'; readonly status: UpsStatus }
  | { readonly do: 'refuse'; readonly status: UpsStatus };

const refuse = (status: UpsStatus): ChangeVerdict => ({ do: 'refuse', status });
const nothing = (status: UpsStatus): ChangeVerdict => ({ do: 'nothing', status });

export const isState = (text: unknown): text is WorkitemState => WORKITEM_STATES.some((state) => state === text);

/**
 * Change UPS State (PS3.4 table CC.1.1-2). A claim brings its own Transaction UID, which is right where nobody has the workitem; every
 * later change has to bring the same.
 */
export function changeState(item: StandingWorkitem, { to, transactionUid }: WantedState): ChangeVerdict {
  if (to === 'SCHEDULED') return refuse(UPS_STATUS.scheduledOnlyWhenCreated);
  if (transactionUid === undefined) return refuse(UPS_STATUS.wrongTransaction);
  switch (to) {
    case 'IN PROGRESS':
      if (item.state === 'SCHEDULED') return { do: 'claim' };
      return refuse(isFinal(item.state) ? UPS_STATUS.mayNoLongerBeUpdated : UPS_STATUS.alreadyInProgress);
    case 'COMPLETED':
    case 'CANCELED':
      return endAs(item, to, transactionUid);
  }
}

function endAs(item: StandingWorkitem, to: 'COMPLETED' | 'CANCELED', transactionUid: string): ChangeVerdict {
  if (item.state === 'SCHEDULED') return refuse(UPS_STATUS.notYetInProgress);
  if (item.transactionUid !== transactionUid) return refuse(UPS_STATUS.wrongTransaction);
  if (item.state === 'IN PROGRESS') return { do: 'end' };
  if (item.state !== to) return refuse(UPS_STATUS.mayNoLongerBeUpdated);
  return nothing(to === 'CANCELED' ? UPS_STATUS.alreadyCanceled : UPS_STATUS.alreadyCompleted);
}

/**
 * Whether attributes may be set (PS3.4 CC.2.6.3): by anybody while it is scheduled, by its performer while it is in progress.
 *
 * @returns undefined where they may
 */
export function refusesUpdate(item: StandingWorkitem, transactionUid: string | undefined): UpsStatus | undefined {
  if (isFinal(item.state)) return UPS_STATUS.mayNoLongerBeUpdated;
  if (item.state === 'SCHEDULED') return transactionUid === undefined ? undefined : UPS_STATUS.notYetInProgress;
  const isOwner = transactionUid !== undefined && item.transactionUid === transactionUid;
  return isOwner ? undefined : UPS_STATUS.wrongTransaction;
}

/**
 * Request UPS Cancel (PS3.4 CC.2.2.3): what nobody has claimed is cancelled, whoever has claimed it is asked.
 *
 * @returns `cancel`, `ask`, or why neither
 */
export function requestCancel({ state }: StandingWorkitem): 'cancel' | 'ask' | UpsStatus {
  switch (state) {
    case 'SCHEDULED':
      return 'cancel';
    case 'IN PROGRESS':
      return 'ask';
    case 'COMPLETED':
      return UPS_STATUS.completedBefore;
    case 'CANCELED':
      return UPS_STATUS.alreadyCanceled;
  }
}
