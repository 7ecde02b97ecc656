import type { Activity } from '../activity-event';
import type { RecordEventName } from '../record-event';
import {
  APPLICATION_ACTIVITY,
  AUDIT_LOG_USED,
  dicom,
  lifecycle,
  PATIENT_RECORD,
  rest,
  REST_OPERATION,
  SECURITY_ALERT,
  USER_AUTHENTICATION,
} from './codes';
import type { AuditEvent, Coding } from './resources';

/** What kind of thing an event is, and which way what it is about went. */
export interface Pattern {
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: AuditEvent['action'];
  /** Into the platform (an image, an order) or out of it (a result, the log). */
  readonly flow: 'in' | 'out';
}

const pattern = (
  type: Coding,
  subtype: Coding,
  action: AuditEvent['action'],
  flow: Pattern['flow'] = 'in',
): Pattern => ({
  type,
  subtype: [subtype],
  action,
  flow,
});

const alert = (code: string, display: string, action: AuditEvent['action'] = 'U'): Pattern =>
  pattern(SECURITY_ALERT, dicom(code, display), action);

const SECURITY_SETTINGS = ['110129', 'Security Configuration'] as const;
const SOFTWARE = ['110131', 'Software Configuration'] as const;
const RIGHTS = ['110137', 'User Security Attributes Changed'] as const;

/** The course of a request: a result is created. */
export const OF_REQUESTS = {
  accepted: pattern(REST_OPERATION, rest('operation'), 'E'),
  completed: pattern(REST_OPERATION, rest('create'), 'C'),
  failed: pattern(REST_OPERATION, rest('create'), 'C'),
  cancelled: pattern(REST_OPERATION, rest('create'), 'C'),
  abandoned: pattern(REST_OPERATION, rest('create'), 'C'),
} as const satisfies Record<RecordEventName, Pattern>;

/** Everything else. A new activity does not compile until it has a line. */
export const OF_ACTIVITIES: Record<Activity, Pattern> = {
  access_denied: alert('110132', 'Use of Restricted Function', 'E'),
  result_read: pattern(REST_OPERATION, rest('read'), 'R', 'out'),
  result_attested: pattern(REST_OPERATION, lifecycle('attest', 'Attest Record Lifecycle Event'), 'C'),
  result_overridden: pattern(REST_OPERATION, lifecycle('amend', 'Amend (Update) Record Lifecycle Event'), 'U'),
  key_created: alert(...RIGHTS, 'C'),
  key_revoked: alert(...RIGHTS, 'D'),
  client_changed: alert(...RIGHTS),
  issuer_changed: alert(...SECURITY_SETTINGS),
  tenant_changed: alert(...SECURITY_SETTINGS),
  quota_changed: alert(...SECURITY_SETTINGS),
  model_loaded: alert(...SOFTWARE, 'E'),
  model_unloaded: alert(...SOFTWARE, 'E'),
  model_default_changed: alert(...SOFTWARE),
  model_approved: alert(...SOFTWARE),
  model_refused: alert(...SOFTWARE),
  cache_purged: pattern(APPLICATION_ACTIVITY, lifecycle('destroy', 'Destroy/Delete Record Lifecycle Event'), 'D'),
  break_glass_requested: alert('110127', 'Emergency Override Started', 'C'),
  break_glass_approved: alert('110127', 'Emergency Override Started', 'E'),
  break_glass_used: pattern(REST_OPERATION, rest('read'), 'R', 'out'),
  break_glass_ended: alert('110138', 'Emergency Override Stopped', 'E'),
  audit_exported: pattern(AUDIT_LOG_USED, lifecycle('disclose', 'Provide/Disclose Record Lifecycle Event'), 'R', 'out'),
  retention_sealed: pattern(AUDIT_LOG_USED, lifecycle('archive', 'Archive Record Lifecycle Event'), 'U'),
  retention_deleted: pattern(AUDIT_LOG_USED, lifecycle('destroy', 'Destroy/Delete Record Lifecycle Event'), 'D'),
  hold_placed: pattern(AUDIT_LOG_USED, lifecycle('hold', 'Add Legal Hold Record Lifecycle Event'), 'U'),
  hold_released: pattern(AUDIT_LOG_USED, lifecycle('unhold', 'Remove Legal Hold Record Lifecycle Event'), 'U'),
  content_shredded: pattern(PATIENT_RECORD, lifecycle('destroy', 'Destroy/Delete Record Lifecycle Event'), 'D'),
  session_opened: pattern(APPLICATION_ACTIVITY, lifecycle('originate', 'Originate/Retain Record Lifecycle Event'), 'C'),
  session_closed: pattern(APPLICATION_ACTIVITY, lifecycle('destroy', 'Destroy/Delete Record Lifecycle Event'), 'D'),
  file_uploaded: pattern(PATIENT_RECORD, lifecycle('originate', 'Originate/Retain Record Lifecycle Event'), 'C'),
  file_deleted: pattern(PATIENT_RECORD, lifecycle('destroy', 'Destroy/Delete Record Lifecycle Event'), 'D'),
  clock_jumped: alert('110130', 'Hardware Configuration', 'E'),
  signing_key_changed: alert(...SECURITY_SETTINGS),
  event_parked: pattern(APPLICATION_ACTIVITY, dicom('110132', 'Use of Restricted Function'), 'E'),
  study_received: pattern(
    dicom('110107', 'Import'),
    lifecycle('receive', 'Receive/Retain Record Lifecycle Event'),
    'C',
  ),
  study_read: pattern(
    dicom('110103', 'DICOM Instances Accessed'),
    lifecycle('access', 'Access/View Record Lifecycle Event'),
    'R',
    'out',
  ),
  study_searched: pattern(dicom('110112', 'Query'), rest('search'), 'E', 'out'),
  study_exported: pattern(
    dicom('110106', 'Export'),
    lifecycle('disclose', 'Provide/Disclose Record Lifecycle Event'),
    'R',
    'out',
  ),
  job_cancelled: pattern(REST_OPERATION, rest('operation'), 'E'),
  workitem_changed: pattern(APPLICATION_ACTIVITY, lifecycle('amend', 'Amend (Update) Record Lifecycle Event'), 'U'),
  signed_in: pattern(USER_AUTHENTICATION, dicom('110122', 'Login'), 'E'),
  sign_in_refused: pattern(USER_AUTHENTICATION, dicom('110122', 'Login'), 'E'),
  signed_out: pattern(USER_AUTHENTICATION, dicom('110123', 'Logout'), 'E'),
  study_requeued: pattern(APPLICATION_ACTIVITY, lifecycle('reactivate', 'Re-activate Record Lifecycle Event'), 'E'),
};
