import { ACTIVITIES, WORD } from '@medserve/events';
import type { AuditQuery } from '@medserve/storage';
import { z } from 'zod';
import { oneLine } from '../http/one-line';

const EVENTS = ['accepted', 'completed', 'failed', 'cancelled', 'abandoned', ...ACTIVITIES] as const;
const instant = z.iso
  .datetime({ offset: true })
  .refine((written) => Date.parse(written) >= 0, 'has to be 1970 or later');
const word = z.string().regex(WORD);

/** Entries of one page. */
const PAGE = { usual: 100, most: 1_000 };

const cursor = z
  .string()
  .regex(/^\d{1,15}$/)
  .optional();

const fields = {
  from: instant.optional(),
  to: instant.optional(),
  actor: word.optional(),
  event: z.enum(EVENTS).optional(),
  model: oneLine(128).optional(),
  subject: oneLine(256).optional(),
  cursor,
};

/** What stands in the query of `GET /v1/audit`: nothing of a patient, since addresses are written down by many. */
export const querySchema = z.strictObject({
  ...fields,
  limit: z.coerce.number().int().min(1).max(PAGE.most).default(PAGE.usual),
});

/** The body of `POST /v1/audit/search`. */
export const searchSchema = z.strictObject({
  ...fields,
  limit: z.number().int().min(1).max(PAGE.most).default(PAGE.usual),
  /** As a DICOM header names one: (0010,0020), and (0010,0021) where it is there. */
  patient: z.strictObject({ id: z.string().min(1).max(256), issuer: z.string().max(256).optional() }).optional(),
  /** As the sender named one, in `x-medserve-patient-key`. */
  patientKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/)
    .optional(),
});

/** What may stand in the address of `POST /v1/audit/search`, where it goes before the body's. */
export const placeSchema = z.strictObject({ cursor });

export type Search = z.output<typeof searchSchema>;

/** @param patient keyed hash of whom the search is about, in hex */
export function queryOf(
  { from, to, cursor, actor, event, model, subject, limit }: Search,
  patient?: string,
): AuditQuery {
  return {
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    before: cursor === undefined ? undefined : Number(cursor),
    actor,
    event,
    model,
    subject,
    patient,
    limit,
  };
}
