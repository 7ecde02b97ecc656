import { z } from 'zod';
import { actorFields, eventFields, keyedHash, WORD } from './record-event';

/** What is told of in the ledger beside requests. */
export const ACTIVITIES = [
  'access_denied',
  'result_read',
  'result_attested',
  'result_overridden',
  'key_created',
  'key_revoked',
  'client_changed',
  'issuer_changed',
  'tenant_changed',
  'quota_changed',
  'model_loaded',
  'model_unloaded',
  'model_default_changed',
  'model_approved',
  'model_refused',
  'cache_purged',
  'break_glass_requested',
  'break_glass_approved',
  'break_glass_used',
  'break_glass_ended',
  'audit_exported',
  'retention_sealed',
  'retention_deleted',
  'hold_placed',
  'hold_released',
  'content_shredded',
  'session_opened',
  'session_closed',
  'file_uploaded',
  'file_deleted',
  'clock_jumped',
  'signing_key_changed',
  'event_parked',
  'study_received',
  'study_read',
  'study_searched',
  'study_exported',
  'study_requeued',
  'workitem_changed',
  'job_cancelled',
  'signed_in',
  'sign_in_refused',
  'signed_out',
] as const;

export type Activity = (typeof ACTIVITIES)[number];

const FACTS = 24;

/** A detail of an activity: a word that operators or we gave, a hash, a number, yes or no. Never what a caller wrote. */
const fact = z.union([z.string().regex(WORD), z.number(), z.boolean()]);

/**
 * What somebody did, or was refused, that is not the course of a request. No free text and nothing of a patient, as in the
 * records of requests; at most 65,535 bytes as canonical JSON, which the bounds keep.
 */
export const activityEventSchema = z.strictObject({
  ...eventFields,
  ...actorFields,
  event: z.enum(ACTIVITIES),
  /** What it was done to, `<kind>:<id>`: `result:<uuid>`, `key:<id>`, `model:<name>`, `route:/v1/infer`. */
  subject: z.string().regex(/^[a-z][a-z-]{0,30}:[A-Za-z0-9._:/-]{1,200}$/),
  outcome: z.enum(['success', 'refused']),
  /** Whom it was about, where that is known: an audit is asked by patients. */
  patient: keyedHash.optional(),
  facts: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/), fact)
    .refine((facts) => Object.keys(facts).length <= FACTS)
    .optional(),
});

export type ActivityEvent = z.infer<typeof activityEventSchema>;
