import { ServingError } from '@medserve/errors';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { noopInstruments } from '@medserve/runtime';
import type { NewReview, Review } from '@medserve/storage';
import { PROBLEM_TYPE } from '../http/problem';
import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import type { Correction } from './corrections';
import { Reviews, reviewSchema } from './reviews';

const ID = newEventId();
const ANSWER = { task: 'classify', provenance: { model: { name: 'net' } } };

describe('Reviews', () => {
  const instruments = noopInstruments();
  let kept: { review: NewReview; event: ActivityEvent }[];
  let stored: { bytes: Buffer; contentType: string };
  let reviews: Reviews;
  let listed: Review[];
  beforeEach(() => {
    kept = [];
    listed = [];
    stored = { bytes: Buffer.from(JSON.stringify(ANSWER)), contentType: 'application/json' };
    reviews = new Reviews({
      results: { ended: () => Promise.resolve(stored), exists: (_by, id) => Promise.resolve(id === ID) },
      store: {
        add: (review, event) => {
          kept.push({ review, event });
          return Promise.resolve();
        },
        list: () => Promise.resolve(listed),
      },
      corrections: {
        keep: (_place, corrections) =>
          Promise.resolve({ sealed: Buffer.from(JSON.stringify(corrections)), sha256: 'ab'.repeat(32) }),
        open: (_place, sealed) =>
          Promise.resolve(
            sealed.length === 0
              ? 'shredded'
              : { corrections: JSON.parse(sealed.toString('utf8')) as Correction[], salt: '00' },
          ),
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

  it('keeps what would be right beside it, with its hash in the ledger', async () => {
    const labels = [{ code: 'L', display: 'Left eye', score: 1 }];
    stored = {
      bytes: Buffer.from(JSON.stringify({ ...ANSWER, answer: { kind: 'classification', labels } })),
      contentType: 'application/json',
    };
    const corrections = [{ target: 'answer', action: 'reject', index: 0 }] as const;
    await reviews.add(PRINCIPAL, ID, {
      verdict: 'overridden',
      reason: 'wrong_laterality',
      corrections: [...corrections],
    });
    expect(kept).toMatchObject([
      {
        review: { corrections: Buffer.from(JSON.stringify(corrections)) },
        event: { facts: { corrections: 'ab'.repeat(32) } },
      },
    ]);
  });

  it('keeps nothing of corrections that do not fit the answer, or that there is nothing to correct in', async () => {
    const said = {
      verdict: 'overridden',
      reason: 'other',
      corrections: [{ target: 'answer', action: 'reject', index: 3 }],
    } as const;
    const verdict = reviewSchema.parse(said);
    await expect(reviews.add(PRINCIPAL, ID, verdict)).rejects.toMatchObject({ field: 'corrections' });
    stored = {
      bytes: Buffer.from(JSON.stringify({ answer: { kind: 'classification', labels: [] } })),
      contentType: 'application/json',
    };
    await expect(reviews.add(PRINCIPAL, ID, verdict)).rejects.toMatchObject({ field: 'corrections.0.index' });
    expect(kept).toEqual([]);
  });

  it('shows corrections, and that there were some where they were destroyed', async () => {
    const review = { id: newEventId(), verdict: 'overridden', reason: 'other', actor: 'k', role: null } as const;
    const corrections = Buffer.from('[{"target":"answer","action":"reject","index":0}]');
    listed = [
      { ...review, at: new Date(0), corrections },
      { ...review, at: new Date(0), corrections: Buffer.alloc(0) },
      { ...review, at: new Date(0), corrections: null },
    ];
    expect(await reviews.list(PRINCIPAL, ID)).toMatchObject([
      { corrections: [{ action: 'reject' }], salt: '00', isShredded: false },
      { corrections: [], salt: null, isShredded: true },
      { corrections: [], salt: null, isShredded: false },
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
    { verdict: 'attested', corrections: [{ target: 'answer', action: 'reject', index: 0 }] },
    { verdict: 'overridden', reason: 'other', corrections: [] },
    { verdict: 'perhaps' },
    {},
  ])('takes %j for no verdict', (said) => {
    expect(reviewSchema.safeParse(said).success).toBe(false);
  });
});
