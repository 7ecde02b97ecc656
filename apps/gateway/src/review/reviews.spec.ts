import { ServingError } from '@medserve/errors';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { noopInstruments } from '@medserve/runtime';
import type { NewReview } from '@medserve/storage';
import { PROBLEM_TYPE } from '../infer/problem';
import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import { Reviews, reviewSchema } from './reviews';

const ID = newEventId();
const ANSWER = { task: 'classify', provenance: { model: { name: 'net' } } };

describe('Reviews', () => {
  const instruments = noopInstruments();
  let kept: { review: NewReview; event: ActivityEvent }[];
  let stored: { bytes: Buffer; contentType: string };
  let reviews: Reviews;
  beforeEach(() => {
    kept = [];
    stored = { bytes: Buffer.from(JSON.stringify(ANSWER)), contentType: 'application/json' };
    reviews = new Reviews({
      results: { ended: () => Promise.resolve(stored), exists: (_by, id) => Promise.resolve(id === ID) },
      store: {
        add: (review, event) => {
          kept.push({ review, event });
          return Promise.resolve();
        },
        list: () => Promise.resolve([]),
      },
      activities: new ToldActivities().activities,
      instruments,
    });
  });

  it('keeps a verdict together with its entry for the ledger, both with the reason as a code', async () => {
    const { id } = await reviews.add(PRINCIPAL, ID, { verdict: 'overridden', reason: 'missed_finding' });
    expect(kept).toMatchObject([
      {
        review: { id, request: ID, tenant: 't', verdict: 'overridden', reason: 'missed_finding', actor: 'k' },
        event: { event: 'result_overridden', subject: `result:${ID}`, facts: { review: id, why: 'missed_finding' } },
      },
    ]);
  });

  it('counts it by what the answer says of model and task', async () => {
    await reviews.add(PRINCIPAL, ID, { verdict: 'attested' });
    const metric = await instruments.reviews.get();
    expect(metric.values).toContainEqual(
      expect.objectContaining({ labels: { model: 'net', task: 'classify', verdict: 'attested' } }),
    );
  });

  it('takes no verdict on what ended without a result', async () => {
    stored = { bytes: Buffer.from('{}'), contentType: PROBLEM_TYPE };
    await expect(reviews.add(PRINCIPAL, ID, { verdict: 'attested' })).rejects.toMatchObject({
      reason: 'invalid_request',
    });
    expect(kept).toEqual([]);
  });

  it('lists none of what is not there', async () => {
    await expect(reviews.list(PRINCIPAL, newEventId())).rejects.toBeInstanceOf(ServingError);
    expect(await reviews.list(PRINCIPAL, ID)).toEqual([]);
  });

  it.each([
    { verdict: 'overridden' },
    { verdict: 'overridden', reason: 'looks odd to me' },
    { verdict: 'attested', reason: 'other' },
    { verdict: 'attested', comment: 'Jane Doe, 1970' },
    { verdict: 'perhaps' },
    {},
  ])('takes %j for no verdict', (said) => {
    expect(reviewSchema.safeParse(said).success).toBe(false);
  });
});
