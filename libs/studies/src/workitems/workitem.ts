import type { StudyClass } from '../study-class';

/** Procedure Step State (0074,1000), PS3.4 table CC.1.1-1. The last two are ends. */
export const WORKITEM_STATES = ['SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED'] as const;
export type WorkitemState = (typeof WORKITEM_STATES)[number];

/** Scheduled Procedure Step Priority (0074,1200). */
export const WORKITEM_PRIORITIES = ['HIGH', 'MEDIUM', 'LOW'] as const;
export type WorkitemPriority = (typeof WORKITEM_PRIORITIES)[number];

/** Input Readiness State (0040,4041). */
export const INPUT_READINESS = ['INCOMPLETE', 'UNAVAILABLE', 'READY'] as const;
export type InputReadiness = (typeof INPUT_READINESS)[number];

export const isFinal = (state: WorkitemState): boolean => state === 'COMPLETED' || state === 'CANCELED';

/** The lane in which what somebody ordered is worked on. DICOM defines HIGH as used for an emergency or equivalent (PS3.3 C.30.2). */
export function classOfPriority(priority: WorkitemPriority): StudyClass {
  switch (priority) {
    case 'HIGH':
      return 'stat';
    case 'MEDIUM':
      return 'routine';
    case 'LOW':
      return 'research';
  }
}
