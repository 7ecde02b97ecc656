import type { WorkitemDataSet } from './data-set';

/** Unified Procedure Step - Push (PS3.4 CC.3.1.1). */
export const UPS_PUSH = '1.2.840.10008.5.1.4.34.6.1';

/** Event Type IDs (PS3.4 table CC.2.4-1), as far as they are told here. */
export const UPS_EVENT = { state: 1, cancelRequested: 2, progress: 3, assigned: 5 } as const;
export type UpsEvent = (typeof UPS_EVENT)[keyof typeof UPS_EVENT];

/** What is subscribed to where it is not one workitem (PS3.4 CC.2.3.1): all of them, and those that match. */
export const UPS_GLOBAL = '1.2.840.10008.5.1.4.34.5';
export const UPS_FILTERED = '1.2.840.10008.5.1.4.34.5.1';

/** A change of a workitem that its subscribers are told. */
export interface WorkitemReport {
  readonly uid: string;
  readonly event: UpsEvent;
  /** What table CC.2.4-1 has of this event. */
  readonly says: WorkitemDataSet;
}

const N_EVENT_REPORT_RQ = 0x0100;
/** Anything but 0101H: there is a data set (PS3.7 table 9.3-1). */
const HAS_DATA_SET = 0x0001;

/**
 * An event report as it is sent over a notification connection: the command (PS3.7 table 10.3-1) and what it says, as one data set in the
 * DICOM JSON model (PS3.18 8.10.5).
 *
 * @param messageId 0 to 65,535
 */
export const eventReport = ({ uid, event, says }: WorkitemReport, messageId: number): WorkitemDataSet => ({
  '00000002': { vr: 'UI', Value: [UPS_PUSH] },
  '00000100': { vr: 'US', Value: [N_EVENT_REPORT_RQ] },
  '00000110': { vr: 'US', Value: [messageId] },
  '00000800': { vr: 'US', Value: [HAS_DATA_SET] },
  '00001000': { vr: 'UI', Value: [uid] },
  '00001002': { vr: 'US', Value: [event] },
  ...Object.fromEntries(Object.entries(says).sort(([one], [other]) => (one < other ? -1 : 1))),
});
