import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import type { Review, ReviewStore } from '@medserve/storage';
import { z } from 'zod';
import type { Activities } from '../activities/activities';
import type { AuditedResults } from '../audit/audited-results';
import type { StoredResult } from '../infer/ports';
import { PROBLEM_TYPE } from '../infer/problem';

/** Why a result is not taken as it is. No free text: what has to be said of a patient belongs in the patient's record. */
export const OVERRIDE_REASONS = [
  'wrong_finding',
  'missed_finding',
  'wrong_location',
  'wrong_measurement',
  'wrong_laterality',
  'poor_image',
  'wrong_patient',
  'not_applicable',
  'other',
] as const;

export const reviewSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('attested') }),
  z.strictObject({ verdict: z.literal('overridden'), reason: z.enum(OVERRIDE_REASONS) }),
]);

export type NewVerdict = z.output<typeof reviewSchema>;

export interface ReviewParts {
  readonly results: Pick<AuditedResults, 'ended' | 'exists'>;
  readonly store: Pick<ReviewStore, 'add' | 'list'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly instruments: Pick<Instruments, 'reviews'>;
}

/** What people say of results: each verdict in the ledger, the latest the one that stands. */
export class Reviews {
  constructor(private readonly parts: ReviewParts) {}

  /** @throws ServingError `not_found`, also while the request runs; `invalid_request` where it ended without a result; `unavailable` */
  async add(by: Principal, request: string, said: NewVerdict): Promise<{ readonly id: string }> {
    const { results, store, activities, instruments } = this.parts;
    const about = aboutOf(await results.ended(by, request));
    const id = newEventId();
    const reason = said.verdict === 'overridden' ? said.reason : null;
    const event = activities.eventOf(by, {
      event: said.verdict === 'attested' ? 'result_attested' : 'result_overridden',
      subject: `result:${request}`,
      outcome: 'success',
      facts: { review: id, ...(reason === null ? {} : { why: reason }) },
    });
    await store.add(
      { id, tenant: by.tenant, request, verdict: said.verdict, reason, actor: by.id, role: by.role ?? null },
      event,
    );
    instruments.reviews.inc({ ...about, verdict: said.verdict });
    return { id };
  }

  /** Newest first: the first is what stands. @throws ServingError `not_found`, `unavailable` */
  async list(by: Principal, request: string): Promise<readonly Review[]> {
    if (!(await this.parts.results.exists(by, request)))
      throw new ServingError('not_found', 'There is no request with this id.');
    return this.parts.store.list(by.tenant, request);
  }
}

const answerSchema = z.object({
  task: z.string(),
  provenance: z.object({ model: z.object({ name: z.string() }) }),
});

/** Which model answered which task, as the answer itself says; the answer to tensors names neither. */
function aboutOf({ bytes, contentType }: StoredResult): { model: string; task: string } {
  if (contentType === PROBLEM_TYPE)
    throw new ServingError('invalid_request', 'The request ended without a result that could be reviewed.');
  const parsed = contentType.includes('json') ? answerSchema.safeParse(JSON.parse(bytes.toString('utf8'))) : undefined;
  return parsed?.success === true
    ? { model: parsed.data.provenance.model.name, task: parsed.data.task }
    : { model: '', task: '' };
}
