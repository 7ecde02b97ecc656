import type { Answer } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import type { Review, ReviewStore } from '@medserve/storage';
import { z } from 'zod';
import type { Activities } from '../activities/activities';
import type { AuditedResults } from '../records/audited-results';
import type { StoredResult } from '../infer/ports';
import { PROBLEM_TYPE } from '../http/problem';
import { checkCorrections, correctionsSchema, type Correction } from './corrections';
import type { SealedCorrections } from './sealed-corrections';

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
  z.strictObject({
    verdict: z.literal('overridden'),
    reason: z.enum(OVERRIDE_REASONS),
    corrections: correctionsSchema.optional(),
  }),
]);

export type NewVerdict = z.output<typeof reviewSchema>;

/** What somebody said of a result, as it is shown. */
export interface ShownReview extends Omit<Review, 'corrections'> {
  readonly corrections: readonly Correction[];
  /** With which the ledger's hash of the corrections was made; null where there are none, or none any more. */
  readonly salt: string | null;
  /** Whether corrections were destroyed together with the answer. */
  readonly isShredded: boolean;
}

export interface ReviewParts {
  readonly results: Pick<AuditedResults, 'ended' | 'exists'>;
  readonly store: Pick<ReviewStore, 'add' | 'list'>;
  readonly corrections: Pick<SealedCorrections, 'keep' | 'open'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly instruments: Pick<Instruments, 'reviews'>;
}

/** What people say of results: each verdict in the ledger, the latest the one that stands. */
export class Reviews {
  constructor(private readonly parts: ReviewParts) {}

  /**
   * @throws ServingError `not_found`, also while the request runs; `invalid_request` where it ended without a result, or corrections do
   *   not fit it; `unavailable`
   */
  async add(by: Principal, request: string, said: NewVerdict): Promise<{ readonly id: string }> {
    const { results, store, activities, instruments } = this.parts;
    const ended = await results.ended(by, request);
    const about = aboutOf(ended);
    const id = newEventId();
    const kept =
      said.verdict === 'overridden' && said.corrections !== undefined
        ? await this.parts.corrections.keep(
            { tenant: by.tenant, request, review: id },
            checkCorrections(answerOf(ended), said.corrections),
          )
        : undefined;
    const reason = said.verdict === 'overridden' ? said.reason : null;
    const event = activities.eventOf(by, {
      event: said.verdict === 'attested' ? 'result_attested' : 'result_overridden',
      subject: `result:${request}`,
      outcome: 'success',
      facts: {
        review: id,
        ...(reason === null ? {} : { why: reason }),
        ...(kept === undefined ? {} : { corrections: kept.sha256 }),
      },
    });
    await store.add(
      {
        id,
        tenant: by.tenant,
        request,
        verdict: said.verdict,
        reason,
        actor: by.id,
        role: by.role ?? null,
        corrections: kept?.sealed ?? null,
      },
      event,
    );
    instruments.reviews.inc({ ...about, verdict: said.verdict });
    return { id };
  }

  /** Newest first: the first is what stands. @throws ServingError `not_found`, `unavailable` */
  async list(by: Principal, request: string): Promise<readonly ShownReview[]> {
    if (!(await this.parts.results.exists(by, request)))
      throw new ServingError('not_found', 'There is no request with this id.');
    const reviews = await this.parts.store.list(by.tenant, request);
    return Promise.all(reviews.map((review) => this.shown(by.tenant, request, review)));
  }

  private async shown(
    tenant: string,
    request: string,
    { corrections: sealed, ...review }: Review,
  ): Promise<ShownReview> {
    const none = { ...review, corrections: [], salt: null };
    if (sealed === null) return { ...none, isShredded: false };
    const opened = await this.parts.corrections.open({ tenant, request, review: review.id }, sealed);
    return opened === 'shredded' ? { ...none, isShredded: true } : { ...review, ...opened, isShredded: false };
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

const withAnswer = z.object({ answer: z.looseObject({ kind: z.string() }) });

/** @throws ServingError `invalid_request` of what has nothing in it that could be corrected: tensors, a chat */
function answerOf({ bytes, contentType }: StoredResult): Answer {
  const parsed = contentType.includes('json') ? withAnswer.safeParse(JSON.parse(bytes.toString('utf8'))) : undefined;
  if (parsed?.success !== true)
    throw new ServingError('invalid_request', 'This result has no parts that could be corrected.', {
      field: 'corrections',
    });
  return parsed.data.answer as unknown as Answer;
}
