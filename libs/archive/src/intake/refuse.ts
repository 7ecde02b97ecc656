import type { InstanceFault, SeenUids } from '@medserve/imaging';
import type { Refusal, RefusalReason, StoreOutcome } from '../stored-instance';

/** DIMSE status and Failure Reason of each refusal (PS3.4 table B.2-1, PS3.18 table I.2-2). */
export const REFUSAL_STATUS: Readonly<Record<RefusalReason, number>> = {
  cannot_understand: 0xc000,
  does_not_match: 0xa900,
  study_mismatch: 0xa901,
  duplicate: 0xb00e,
  transfer_syntax_unsupported: 0xc122,
  sop_class_unsupported: 0x0122,
  out_of_resources: 0xa700,
  not_authorised: 0x0124,
};

const refusal = (reason: RefusalReason, what?: string, seen: SeenUids = {}): Refusal => ({
  status: REFUSAL_STATUS[reason],
  reason,
  ...(what === undefined ? {} : { what }),
  ...seen,
});

export type Refused = Extract<StoreOutcome, { kind: 'refused' }>;

export const refused = (reason: RefusalReason, what?: string, seen?: SeenUids): Refused => ({
  kind: 'refused',
  refusal: refusal(reason, what, seen),
});

export const refusedFor = ({ kind, what }: InstanceFault, seen: SeenUids): Refused => refused(kind, what, seen);

/** The file system has no room, or this user has none of it. */
export const isDiskFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
